/** Argon2 of the staff room, and a hash that nothing fits and that costs as much to check. */
export type FactorHashing = {
  hash(secret: Uint8Array): Promise<string>;
  verify(stored: string, secret: Uint8Array): Promise<boolean>;
  readonly decoy: string;
};
