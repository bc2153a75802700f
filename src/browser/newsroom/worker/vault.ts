import { equal, hex } from "../../../protocol/public/bytes.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import { vaultHash } from "../../../protocol/public/seen.ts";
import type { VaultAnswer, Vault as WireVault } from "../../../protocol/public/staff-api.ts";
import type { SecretCrypto } from "../../../protocol/secret/crypto.ts";
import {
  makeVaultKey,
  type OpenVault,
  openRecords,
  sealList,
  sealRecord,
  unwrapVaultKey,
  type VaultDoor,
  type VaultOwner,
  type VaultRecords,
  wrapVaultKey,
} from "../../../protocol/secret/vault.ts";
import { codeOf } from "../../kit/code-error.ts";
import type { Api } from "./api.ts";

/** A member's private keys as records; what is kept on the server is sealed. docs/protocol.md §13. */

export type VaultChange = {
  readonly put?: ReadonlyMap<string, Uint8Array>;
  readonly remove?: readonly string[];
};

/** What to save, seen from the records that are there now; null: nothing. */
export type Plan = (records: VaultRecords) => VaultChange | null;

export type Records = {
  get(id: string): Uint8Array | null;
  ids(): readonly string[];
  all(): VaultRecords;
  /**
   * Saves by compare-and-set. When another tab was faster, its records are read and `plan` is asked again, so a plan must
   * look at the records it is given. Null: nothing to save.
   */
  change(plan: Plan): Promise<void>;
  version(): number;
  /** Does something of its own with the vault while no save is under way here. It must not call `change` or `reload`. */
  alone(work: () => Promise<void>): Promise<void>;
  /** What stands on the server for this version, as colleagues are told of it. docs/protocol.md §16.5. */
  stamp(): VaultStamp;
  /** The vault key under another unlock key of the passphrase's door, and what stands there now. */
  rewrap(unlockKey: Uint8Array): Rewrapped;
  /** Reads what another tab or browser has saved since. Throws session-locked when that has set a new passphrase. */
  reload(): Promise<void>;
  /** Another door to this vault's key, and the passphrase's beside which it belongs: docs/protocol.md §13.6. */
  wrapFor(door: VaultDoor, unlockKey: Uint8Array): WrappedDoor;
};

export type VaultStamp = { readonly version: number; readonly hash: Uint8Array };

export type Rewrapped = { readonly expectWrappedKey: Uint8Array; readonly wrappedKey: Uint8Array };
export type WrappedDoor = { readonly wrappedKey: Uint8Array; readonly beside: Uint8Array };

/** The two unlock keys that open a vault. */
export type Doors = { readonly passphrase: Uint8Array; readonly recovery: Uint8Array };

export type NewVault = {
  readonly owner: VaultOwner;
  readonly doors: Doors;
  readonly version: number;
  readonly records: VaultRecords;
};

/** A vault under a key of its own, as it is posted: at set-up, on joining, and after a new passphrase. */
export const sealVault = (crypto: SecretCrypto, input: NewVault): WireVault => {
  const { owner, doors, version } = input;
  const vault: OpenVault = { owner, vaultKey: makeVaultKey(crypto) };
  const wrap = (door: keyof Doors) =>
    wrapVaultKey(crypto, { owner, door, unlockKey: doors[door] }, vault.vaultKey);
  const records = new Map(
    [...input.records].map(([id, bytes]) => [id, sealRecord(crypto, vault, { id, bytes })]),
  );
  const wire: WireVault = {
    wrappedKey: wrap("passphrase"),
    recoveryWrappedKey: wrap("recovery"),
    list: sealList(crypto, vault, { version, records }),
    records: [...records].map(([id, sealed]) => ({ id, sealed })),
  };
  crypto.wipe(vault.vaultKey);
  return wire;
};

export type VaultWorld = { readonly crypto: SecretCrypto; readonly api: Api };
export type OpenedBy = {
  readonly owner: VaultOwner;
  readonly door: VaultDoor;
  readonly unlockKey: Uint8Array;
  /** The vault key as it is wrapped for a passkey; the two others come with the vault. */
  readonly wrapped?: Uint8Array;
};

type Held = {
  version: number;
  list: Uint8Array;
  sealed: ReadonlyMap<string, Uint8Array>;
  open: VaultRecords;
};

const sealedOf = (answer: VaultAnswer): ReadonlyMap<string, Uint8Array> =>
  new Map(answer.records.map(({ id, sealed }) => [id, sealed]));

const read = (crypto: SecretCrypto, vault: OpenVault, answer: VaultAnswer): Held => {
  const state = { version: answer.version, records: sealedOf(answer) };
  const open = openRecords(crypto, vault, { ...state, list: answer.list });
  return { version: state.version, list: answer.list, sealed: state.records, open };
};

const MOST_TRIES = 5;

/** Throws vault-broken for a vault that this key does not open. */
export const openVault = async (world: VaultWorld, by: OpenedBy): Promise<Records> => {
  const { crypto, api } = world;
  const answer = await api.call("vault", null);
  const own = by.door === "passphrase" ? answer.wrappedKey : answer.recoveryWrappedKey;
  const wrapped = by.wrapped ?? own;
  const vault: OpenVault = { owner: by.owner, vaultKey: unwrapVaultKey(crypto, by, wrapped) };
  let held = read(crypto, vault, answer);
  /** The passphrase's wrap of this very vault key: records under another key would not have opened. */
  let beside = answer.wrappedKey;

  const save = async (change: VaultChange): Promise<void> => {
    const put = [...(change.put ?? [])].map(([id, bytes]) => ({
      id,
      sealed: sealRecord(crypto, vault, { id, bytes }),
    }));
    const remove = (change.remove ?? []).filter((id) => held.sealed.has(id));
    const kept = [...held.sealed].filter(([id]) => !remove.includes(id));
    const sealed = new Map([...kept, ...put.map((record) => [record.id, record.sealed] as const)]);
    const version = held.version + 1;
    const list = sealList(crypto, vault, { version, records: sealed });
    // Never a sign of a person: a desk saves much by itself.
    const quietly = { background: true };
    await api.call("writeVault", { expectVersion: held.version, list, put, remove }, quietly);
    const open = new Map([...held.open, ...(change.put ?? [])]);
    for (const id of remove) {
      crypto.wipe(open.get(id) ?? new Uint8Array(0));
      open.delete(id);
    }
    held = { version, list, sealed, open };
  };

  const reload = async (): Promise<void> => {
    const fresh = await api.call("vault", null, { background: true });
    try {
      held = read(crypto, vault, fresh);
    } catch (error) {
      // A new passphrase in another tab of this session is a new vault key: this tab's opens nothing any more.
      const isReplaced = codeOf(error) === "vault-broken" && !equal(fresh.wrappedKey, beside);
      throw isReplaced ? new SealdropError("session-locked") : error;
    }
    beside = fresh.wrappedKey;
  };

  /** False when another tab was faster; then its records are read. */
  const trySave = async (change: VaultChange): Promise<boolean> => {
    try {
      await save(change);
      return true;
    } catch (error) {
      if (codeOf(error) !== "vault-changed") throw error;
      await reload();
      return false;
    }
  };

  const insist = async (plan: Plan): Promise<void> => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const change = plan(held.open);
      if (change === null || (await trySave(change))) return;
    }
    throw new SealdropError("vault-changed");
  };

  // One save after the other: each needs the version that the one before it made.
  let queue: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = queue.then(work);
    queue = mine.catch(() => undefined);
    return mine;
  };
  return {
    get: (id) => held.open.get(id) ?? null,
    ids: () => [...held.open.keys()],
    all: () => held.open,
    change: (plan) => inTurn(() => insist(plan)),
    version: () => held.version,
    alone: inTurn,
    stamp: () => ({
      version: held.version,
      hash: vaultHash(crypto, held.version, held.list),
    }),
    rewrap: (unlockKey) => ({
      expectWrappedKey: beside,
      wrappedKey: wrapVaultKey(
        crypto,
        { owner: by.owner, door: "passphrase", unlockKey },
        vault.vaultKey,
      ),
    }),
    reload: () => inTurn(reload),
    wrapFor: (door, unlockKey) => ({
      wrappedKey: wrapVaultKey(crypto, { owner: by.owner, door, unlockKey }, vault.vaultKey),
      beside,
    }),
  };
};

/** What a colleague has told before leaving. */
export const handoverRecord = (memberNumber: number): string => `handover:${memberNumber}`;
export const inviteRecord = (id: Uint8Array): string => `invite:${hex(id)}`;
export const messagingRecord = (period: number, generation: number): string =>
  `messaging:${period}:${generation}`;

export type MessagingRecord = {
  readonly id: string;
  readonly period: number;
  readonly generation: number;
};

export const messagingRecords = (ids: readonly string[]): readonly MessagingRecord[] =>
  ids.flatMap((id) => {
    const found = /^messaging:(\d+):(\d+)$/.exec(id);
    return found === null ? [] : [{ id, period: Number(found[1]), generation: Number(found[2]) }];
  });
