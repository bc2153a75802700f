import { equal } from "../../../../protocol/public/bytes.ts";
import { HASH } from "../../../../protocol/public/limits.ts";
import { newestEra } from "../../../../protocol/public/newsroom-keys.ts";
import { entropyOf } from "../../../../protocol/secret/codename.ts";
import { RECOVERY_BYTES, recoveryKeys } from "../../../../protocol/secret/passphrase.ts";
import { commitToNext } from "../../../../protocol/secret/sign.ts";
import { unwrapVaultKey } from "../../../../protocol/secret/vault.ts";
import type { SharedWords } from "../../../../protocol/secret/word-share.ts";
import { CodeError, codeOf } from "../../../kit/code-error.ts";
import { fetchKeys } from "../newsroom.ts";
import type { World } from "../world.ts";

/** Words are on paper alone. Before they are split they must be the ones that count now. */

const recoveryDoor = async (world: World): Promise<Uint8Array> =>
  (await world.api.call("vault", null)).recoveryWrappedKey;

const nextCommitment = async ({ crypto, api }: World): Promise<Uint8Array> =>
  newestEra(await fetchKeys(crypto, api)).nextCommitment;

/** What changes whenever the words do. */
export const markOf = async (world: World, words: SharedWords): Promise<Uint8Array> => {
  switch (words) {
    case "recovery":
      return world.crypto.blake2b(HASH, await recoveryDoor(world));
    case "newsroom":
      return nextCommitment(world);
  }
};

const openMine = (world: World, entropy: Uint8Array, wrapped: Uint8Array): boolean => {
  const { crypto, newsroomId, me } = world;
  const owner = { newsroomId, userName: me.userName };
  const { unlockKey } = recoveryKeys(crypto, owner, entropy);
  try {
    crypto.wipe(unwrapVaultKey(crypto, { owner, door: "recovery", unlockKey }, wrapped));
    return true;
  } catch (error) {
    if (codeOf(error) !== "vault-broken") throw error;
    return false;
  }
};

const areRight = async (
  world: World,
  words: SharedWords,
  entropy: Uint8Array,
): Promise<boolean> => {
  switch (words) {
    case "recovery":
      return openMine(world, entropy, await recoveryDoor(world));
    case "newsroom":
      return equal(commitToNext(world.crypto, entropy), await nextCommitment(world));
  }
};

/** Throws codename-word, codename-length, codename-checksum for what no words can be, wrong-words for those of something else. */
export const readWords = async (
  world: World,
  words: SharedWords,
  typed: string,
): Promise<Uint8Array> => {
  const entropy = entropyOf(typed, RECOVERY_BYTES);
  if (!(await areRight(world, words, entropy))) throw new CodeError("wrong-words");
  return entropy;
};
