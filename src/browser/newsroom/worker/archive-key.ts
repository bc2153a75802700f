import { equal } from "../../../protocol/public/bytes.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import type { ArchiveState } from "../../../protocol/public/lasting-keys-api.ts";
import { codeOf } from "../../kit/code-error.ts";
import type { World } from "./world.ts";

/** Vault and server agree on the archive key under which wraps are stored from now on. docs/protocol.md §12.5. */

const MOST_TRIES = 4;

const archiveState = (world: World): Promise<ArchiveState> =>
  world.api.call("archive", null, { background: true });

/** False when another window was faster; then both sides are looked at again. */
const trySwitch = async (world: World, from: Uint8Array): Promise<boolean> => {
  const to = world.own.archive.id;
  try {
    await world.api.call("switchArchive", { from, to }, { background: true });
    return true;
  } catch (error) {
    if (codeOf(error) !== "vault-changed") throw error;
    return false;
  }
};

const isAgreed = ({ own }: World, { keyId }: ArchiveState): boolean =>
  keyId === null ? own.old.length === 0 : equal(keyId, own.archive.id);

/** Only what the vault says was here before is left behind: else a stale window would take a newer key back. */
const follow = async (world: World, { keyId }: ArchiveState): Promise<void> => {
  const before = world.own.old.map(({ archive }) => archive.id);
  const from = keyId === null ? before.at(-1) : before.find((id) => equal(id, keyId));
  if (from === undefined || !(await trySwitch(world, from))) await world.records.reload();
};

/**
 * The vault says which key is the present one; the server follows, from any key this member had before. Safe to interrupt and to do
 * again. Throws vault-changed when the server names a key that this vault has never held.
 */
export const agreeOnArchive = async (world: World): Promise<ArchiveState> => {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const state = await archiveState(world);
    if (isAgreed(world, state)) return state;
    await follow(world, state);
  }
  throw new SealdropError("vault-changed");
};
