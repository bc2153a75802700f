import { utf8 } from "../../protocol/public/bytes.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import type { PreloginAnswer } from "../../protocol/public/staff-api.ts";
import type { Account } from "../database/generated/client.ts";
import type { Audit } from "../http/audit.ts";
import { dayOf, type World } from "../http/world.ts";
import { decoyCost } from "./decoy-cost.ts";
import { decoyHash, type Hashing } from "./hashing.ts";
import { findLastingKey } from "./lasting-key.ts";
import { totpStep } from "./totp.ts";
import { TOTP_PURPOSE } from "./totp-column.ts";
import type { TryDelay } from "./try-delay.ts";

/**
 * Who somebody is. A name that does not exist takes the same queries, the same hashing and the same answers as one that
 * does, with stand-ins that nothing can match.
 */
export type Door = "passphrase" | "recovery";

export type Attempt = {
  readonly userName: string;
  readonly door: Door;
  readonly authKey: Uint8Array;
  readonly totpCode: string;
};

/** Seconds to wait, or the account it is. A wrong try throws wrong-login. */
export type Verdict = { readonly waitSeconds: number } | { readonly accountId: string };

export type Login = {
  prelogin(userName: string): Promise<PreloginAnswer>;
  enter(attempt: Attempt): Promise<Verdict>;
  /** For somebody whose session is known already: one key, no code, a delay of its own. */
  confirm(accountId: string, door: Door, authKey: Uint8Array): Promise<Verdict>;
};

type LoginWorld = Pick<World, "db" | "secrets" | "now" | "crypto"> & {
  readonly audit: Audit;
  readonly hashing: Hashing;
  readonly delay: TryDelay;
};

type Known = Pick<Account, "id" | "authHash" | "recoveryAuthHash" | "totpSealed">;

const select = { id: true, authHash: true, recoveryAuthHash: true, totpSealed: true } as const;

const NOBODY = "00000000-0000-4000-8000-000000000000";
/** Below every step: nothing is updated, in the same statement that updates. */
const NO_STEP = -1;

export const createLogin = (world: LoginWorld): Login => {
  const { db, secrets, now, hashing, delay, audit } = world;
  const nobody: Known = {
    id: NOBODY,
    authHash: decoyHash(secrets.random),
    recoveryAuthHash: decoyHash(secrets.random),
    totpSealed: new Uint8Array(secrets.seal(TOTP_PURPOSE, secrets.random(20))),
  };
  let saltKey: Promise<Uint8Array> | null = null;

  const getSaltKey = (): Promise<Uint8Array> => {
    saltKey ??= findLastingKey(db, secrets, "prelogin-salt");
    saltKey.catch(() => {
      saltKey = null;
    });
    return saltKey;
  };

  const stepOf = (known: Known, code: string): number => {
    const secret = secrets.open(TOTP_PURPOSE, known.totpSealed);
    return (secret === null ? null : totpStep(secret, code, now())) ?? NO_STEP;
  };

  /** True once for each code, however many ask at the same time. */
  const useCode = async (id: string, step: number): Promise<boolean> => {
    const used = await db.account.updateMany({
      where: { id, totpLastStep: { lt: step } },
      data: { totpLastStep: step, lastUnlockDay: dayOf(now()) },
    });
    return used.count === 1;
  };

  const succeed = (name: string, accountId: string): Promise<void> =>
    db.$transaction(async (tx) => {
      const count = await delay.succeed(name, tx);
      if (count === 0) return;
      const account = await tx.account.findUnique({
        where: { id: accountId },
        select: { memberNumber: true },
      });
      const subject = account?.memberNumber ?? null;
      if (subject === null) return;
      await audit.append(tx, { kind: "tries-slowed", actor: null, subject, values: { count } });
    });

  const hashOf = (known: Known, door: Door): string =>
    door === "passphrase" ? known.authHash : known.recoveryAuthHash;

  return {
    prelogin: async (userName) => {
      const key = await getSaltKey();
      const salt = world.crypto.blake2b(16, utf8(userName), key);
      const rows = await db.account.findMany({
        select: { id: true, memoryKib: true, passes: true },
      });
      const decoy = decoyCost(world.crypto, key, { userName, rows });
      const account = await db.account.findUnique({
        where: { userName },
        select: { salt: true, memoryKib: true, passes: true },
      });
      return {
        salt: account?.salt ?? salt,
        memoryKiB: account?.memoryKib ?? decoy.memoryKib,
        passes: account?.passes ?? decoy.passes,
      };
    },
    enter: async ({ userName, door, authKey, totpCode }) => {
      const waitSeconds = await delay.begin(`login ${userName}`);
      if (waitSeconds > 0) return { waitSeconds };
      const known = (await db.account.findUnique({ where: { userName }, select })) ?? nobody;
      const right = await hashing.verify(hashOf(known, door), authKey);
      const step = stepOf(known, totpCode);
      // A wrong key must not use up a right code: its owner may have mistyped.
      const entered = await useCode(known.id, right ? step : NO_STEP);
      if (!entered) throw new SealdropError("wrong-login");
      await succeed(`login ${userName}`, known.id);
      return { accountId: known.id };
    },
    confirm: async (accountId, door, authKey) => {
      const waitSeconds = await delay.begin(`confirm ${accountId}`);
      if (waitSeconds > 0) return { waitSeconds };
      const known = await db.account.findUnique({ where: { id: accountId }, select });
      const right = await hashing.verify(hashOf(known ?? nobody, door), authKey);
      if (!right || known === null) throw new SealdropError("wrong-login");
      await succeed(`confirm ${accountId}`, accountId);
      const data = { lastUnlockDay: dayOf(now()) };
      await db.account.updateMany({ where: { id: accountId }, data });
      return { accountId };
    },
  };
};
