import type { Options } from "argon2";
import type pg from "pg";
import type { PublicCrypto } from "../../protocol/public/crypto.ts";
import type { Config } from "../config.ts";
import type { Database } from "../database/database.ts";
import type { Log } from "../logs.ts";
import type { Secrets } from "../secrets/secrets.ts";

/** The package itself, or what a test counts with. */
export type Argon2 = {
  hash(secret: Buffer, options: Options): Promise<string>;
  verify(stored: string, secret: Buffer): Promise<boolean>;
  needsRehash(stored: string, options: Options): boolean;
};

/** Everything a room takes from outside. Only main.ts and the tests make one. */
export type World = {
  readonly config: Config;
  readonly now: () => Date;
  readonly crypto: PublicCrypto;
  readonly argon2: Argon2;
  readonly db: Database;
  /** The pool under `db`, for the bytes of files. */
  readonly pool: pg.Pool;
  readonly secrets: Secrets;
  readonly log: Log;
};

const DAY_MILLISECONDS = 86_400_000;

/** Days since 1970-01-01 UTC: the only time that is kept about a source. */
export const dayOf = (at: Date): number => Math.floor(at.getTime() / DAY_MILLISECONDS);
