import type { Transaction } from "./database.ts";

export type SealedValue = {
  /** Whatever finds the row again. */
  readonly row: string;
  readonly sealed: Uint8Array;
};

/**
 * Values that the server seals for itself (`secrets.seal`). Each room hands its column to `createSecretChange`, which
 * seals the values anew when the server's secret has changed.
 */
export type SealedColumn = {
  /** As given to `secrets.seal`. */
  readonly purpose: string;
  read(tx: Transaction): Promise<readonly SealedValue[]>;
  /** Puts `resealed` in the place of `value.sealed`, unless something else stands there by now. */
  replace(tx: Transaction, value: SealedValue, resealed: Uint8Array): Promise<void>;
};
