import { concat, fromBase64url, u32, utf8 } from "../../protocol/public/bytes.ts";
import { HASH } from "../../protocol/public/limits.ts";
import { CHALLENGE_BYTES } from "../../protocol/public/signin-api.ts";
import { bytes, type Transaction } from "../database/database.ts";
import type { World } from "../http/world.ts";

/**
 * Challenges for passkeys: made here, for one user name, good for five minutes and once. Nothing is stored before one was
 * answered rightly, so whoever asks for a million of them fills no table. docs/adr/0017.
 */
export type Challenges = {
  make(userName: string): Uint8Array;
  /** The text is what the browser says it was given. */
  holds(text: string, userName: string): boolean;
  /** True once for each challenge. */
  use(tx: Transaction, challenge: string): Promise<boolean>;
  tidy(): Promise<void>;
};

const NONCE_BYTES = 16;
const LIFE_SECONDS = 300;
const PURPOSE = "passkey-challenge";

type ChallengesWorld = Pick<World, "db" | "secrets" | "now" | "crypto">;

export const createChallenges = ({ db, secrets, now, crypto }: ChallengesWorld): Challenges => {
  const seconds = (): number => Math.floor(now().getTime() / 1000);
  const claimOf = (head: Uint8Array, userName: string) => concat([head, utf8(userName)]);
  const headOf = (challenge: Uint8Array): Uint8Array => challenge.subarray(0, NONCE_BYTES + 4);
  const expiryOf = (challenge: Uint8Array): number =>
    new DataView(challenge.buffer, challenge.byteOffset).getUint32(NONCE_BYTES);

  const decoded = (text: string): Uint8Array | null => {
    try {
      const challenge = fromBase64url(text);
      return challenge.length === CHALLENGE_BYTES ? challenge : null;
    } catch {
      return null;
    }
  };

  return {
    make: (userName) => {
      const head = concat([secrets.random(NONCE_BYTES), u32(seconds() + LIFE_SECONDS)]);
      return concat([head, secrets.hash(PURPOSE, claimOf(head, userName))]);
    },
    holds: (text, userName) => {
      const challenge = decoded(text);
      if (challenge === null) return false;
      const head = headOf(challenge);
      const mac = challenge.subarray(head.length);
      const accepted = secrets.hashes(PURPOSE, claimOf(head, userName));
      const fits = accepted.some((one) => secrets.equal(one, mac));
      return fits && expiryOf(challenge) >= seconds();
    },
    use: async (tx, text) => {
      const challenge = fromBase64url(text);
      // Not keyed: replicas that write under two secrets must find each other's rows.
      const hash = bytes(crypto.blake2b(HASH, challenge));
      const expiresAt = new Date((expiryOf(challenge) + 1) * 1000);
      const data = [{ hash, expiresAt }];
      const { count } = await tx.usedChallenge.createMany({ data, skipDuplicates: true });
      return count === 1;
    },
    tidy: async () => {
      await db.usedChallenge.deleteMany({ where: { expiresAt: { lt: now() } } });
    },
  };
};
