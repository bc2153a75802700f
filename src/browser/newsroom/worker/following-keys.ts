import { equal } from "../../../protocol/public/bytes.ts";
import type { IdentityPublicKey } from "../../../protocol/public/crypto.ts";
import type { VaultRecords } from "../../../protocol/secret/vault.ts";
import { codeOf } from "../../kit/code-error.ts";
import { agreeOnArchive } from "./archive-key.ts";
import { findNext, identityOf, readPresent, takeNext } from "./own-keys.ts";
import type { Session } from "./session.ts";
import type { VaultChange } from "./vault.ts";
import type { Member, World } from "./world.ts";

/** The vault follows the roster: once an admin has signed the next keys, they are the present ones. docs/protocol.md §14.1. */

/** Of the present keys or of those that are to follow. */
export const isOwnIdentity = (
  { crypto, records }: Member,
  identity: IdentityPublicKey,
): boolean => {
  const all = records.all();
  const next = findNext(crypto, all);
  return [readPresent(crypto, all), next].some(
    (own) => own !== null && equal(identityOf(crypto, own), identity),
  );
};

/** Null while the roster still names the present identity, and when another window has followed it already. */
const plan = (world: World, records: VaultRecords): VaultChange | null => {
  const { crypto, roster, entry } = world;
  const own = readPresent(crypto, records);
  const next = findNext(crypto, records);
  if (next === null || !equal(identityOf(crypto, next), entry.identity)) return null;
  const present = identityOf(crypto, own);
  const before = roster.entries.find(({ identity }) => equal(identity, present));
  return takeNext(own, next, before?.generation ?? 0);
};

/** One change of the vault, then one at the server; where the first was made and not the second, it is made up for. */
export const followKeys = async (session: Session): Promise<void> => {
  const { world } = session.opened();
  await world.records.change((records) => plan(world, records));
  if (world.own.old.length === 0) return;
  try {
    await agreeOnArchive(world);
  } catch (error) {
    // The desk opens all the same; nothing is stored under a key that the server does not expect.
    if (!["vault-changed", "too-large"].includes(codeOf(error))) throw error;
  }
};
