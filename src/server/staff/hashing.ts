import { argon2id, type Options } from "argon2";
import type { Database } from "../database/database.ts";
import type { Argon2 } from "../http/world.ts";
import { createTurns } from "./turns.ts";

/** Hashes of auth keys. An auth key is 32 bytes that the browser already stretched; this keeps a stolen table useless. */
export type Hashing = {
  hash(authKey: Uint8Array): Promise<string>;
  verify(stored: string, authKey: Uint8Array): Promise<boolean>;
};

const AT_ONCE = 4;
const MEMORY_KIB = 19_456;
const PASSES = 2;

/** Puts a fresh hash in the place of the one that the same key has just fitted. */
export type Renew = (stored: string, fresh: string) => Promise<void>;

/** A hash is random enough to be found by itself. */
export const renewHashes =
  (db: Database): Renew =>
  async (stored, fresh) => {
    await db.account.updateMany({ where: { authHash: stored }, data: { authHash: fresh } });
    await db.account.updateMany({
      where: { recoveryAuthHash: stored },
      data: { recoveryAuthHash: fresh },
    });
    await db.passkey.updateMany({ where: { authHash: stored }, data: { authHash: fresh } });
  };

/** Each hash takes 19 MiB: the cap bounds what a flood of log-ins can make the process hold. */
export const createHashing = (argon2: Argon2, renew?: Renew): Hashing => {
  const turns = createTurns(AT_ONCE);
  const options: Options = {
    type: argon2id,
    memoryCost: MEMORY_KIB,
    timeCost: PASSES,
    parallelism: 1,
  };
  const make = (authKey: Uint8Array) => turns.run(() => argon2.hash(Buffer.from(authKey), options));
  return {
    hash: make,
    verify: async (stored, authKey) => {
      const right = await turns.run(() => argon2.verify(stored, Buffer.from(authKey)));
      // Only for a right key: a wrong one must cost what a name costs that does not exist.
      if (right && renew !== undefined && argon2.needsRehash(stored, options)) {
        await renew(stored, await make(authKey));
      }
      return right;
    },
  };
};

/** A hash of nothing anybody knows, costing as much to check as a real one: for names that do not exist. */
export const decoyHash = (random: (length: number) => Uint8Array): string => {
  const text = (length: number): string =>
    Buffer.from(random(length)).toString("base64").replaceAll("=", "");
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$${text(16)}$${text(32)}`;
};
