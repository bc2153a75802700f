import { utf8 } from "../../protocol/public/bytes.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import type { SessionKind } from "../../protocol/public/second-factor-api.ts";
import type { PreloginAnswer } from "../../protocol/public/staff-api.ts";
import type { Account } from "../database/generated/client.ts";
import type { Audit } from "../http/audit.ts";
import { dayOf, type World } from "../http/world.ts";
import { TOTP_PURPOSE } from "../secrets/totp.ts";
import { decoyCost } from "./decoy-cost.ts";
import { decoyHash, type Hashing } from "./hashing.ts";
import { findLastingKey } from "./lasting-key.ts";
import type { TryDelay } from "./try-delay.ts";

/**
 * Who somebody is. A name that does not exist takes the same queries, the same hashing and the same answers as one that
 * does, with stand-ins that nothing can match.
 */
export type Door = "passphrase" | "recovery" | "passkey";

/** A second factor held against an account. It spends nothing before `use`, and then once; src/server/factors. */
export type CheckedFactor = {
  readonly kind: SessionKind;
  /** Of the passkey, where that opens the account alone. */
  readonly authHash: string | null;
  readonly endsSessions?: true;
  use(right: boolean): Promise<boolean>;
};
export type FactorCheck = (
  known: Pick<Account, "id" | "userName" | "totpSealed">,
) => Promise<CheckedFactor>;

export type Attempt = {
  readonly userName: string;
  readonly door: Door;
  readonly authKey: Uint8Array;
  readonly factor: FactorCheck;
};

export type Wait = { readonly waitSeconds: number };
/** Seconds to wait, or the account it is. A wrong try throws wrong-login. */
export type Verdict = Wait | Entered;
export type Entered = {
  readonly accountId: string;
  readonly kind: SessionKind;
  /** How often the account's sessions were ended when this began, and by this itself. */
  readonly sessionsEnded: number;
};
export type Confirmed = Wait | { readonly accountId: string };

export type Login = {
  prelogin(userName: string): Promise<PreloginAnswer>;
  enter(attempt: Attempt): Promise<Verdict>;
  /** For somebody whose session is known already: one key, no code, a delay of its own. */
  confirm(accountId: string, door: Door, authKey: Uint8Array): Promise<Confirmed>;
  /** The same by a passkey alone. */
  confirmPasskey(
    accountId: string,
    by: { readonly authKey: Uint8Array; readonly factor: FactorCheck },
  ): Promise<Confirmed>;
};

type LoginWorld = Pick<World, "db" | "secrets" | "now" | "crypto"> & {
  readonly audit: Audit;
  readonly hashing: Hashing;
  readonly delay: TryDelay;
};

type Known = Pick<
  Account,
  "id" | "userName" | "authHash" | "recoveryAuthHash" | "totpSealed" | "sessionsEnded"
>;

const select = {
  id: true,
  userName: true,
  authHash: true,
  recoveryAuthHash: true,
  totpSealed: true,
  sessionsEnded: true,
} as const;

const NOBODY = "00000000-0000-4000-8000-000000000000";

const kindAt = (door: Door, factor: CheckedFactor): SessionKind => {
  switch (door) {
    case "passphrase":
      return factor.kind;
    case "recovery":
      return "words";
    case "passkey":
      return "passkey-alone";
  }
};

export const createLogin = (world: LoginWorld): Login => {
  const { db, secrets, now, hashing, delay, audit } = world;
  const nobody: Known = {
    id: NOBODY,
    userName: "",
    authHash: decoyHash(secrets.random),
    recoveryAuthHash: decoyHash(secrets.random),
    totpSealed: new Uint8Array(secrets.seal(TOTP_PURPOSE, secrets.random(20))),
    sessionsEnded: 0,
  };
  let saltKey: Promise<Uint8Array> | null = null;

  const getSaltKey = (): Promise<Uint8Array> => {
    saltKey ??= findLastingKey(db, secrets, "prelogin-salt");
    saltKey.catch(() => {
      saltKey = null;
    });
    return saltKey;
  };

  const hashOf = (known: Known, door: Door, factor: CheckedFactor | null): string => {
    switch (door) {
      case "passphrase":
        return known.authHash;
      case "recovery":
        return known.recoveryAuthHash;
      case "passkey":
        return factor?.authHash ?? nobody.authHash;
    }
  };

  const noteUnlock = async (id: string): Promise<void> => {
    await db.account.updateMany({ where: { id }, data: { lastUnlockDay: dayOf(now()) } });
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
    enter: async ({ userName, door, authKey, factor }) => {
      const waitSeconds = await delay.begin(`login ${userName}`);
      if (waitSeconds > 0) return { waitSeconds };
      const known = (await db.account.findUnique({ where: { userName }, select })) ?? nobody;
      // Under the name that was typed: a challenge is made for one, whether it exists or not.
      const checked = await factor({ ...known, userName });
      const right = await hashing.verify(hashOf(known, door, checked), authKey);
      // A wrong key must not use up a right code: its owner may have mistyped.
      if (!(await checked.use(right))) throw new SealdropError("wrong-login");
      await succeed(`login ${userName}`, known.id);
      await noteUnlock(known.id);
      const sessionsEnded = known.sessionsEnded + (checked.endsSessions ? 1 : 0);
      return { accountId: known.id, kind: kindAt(door, checked), sessionsEnded };
    },
    confirm: async (accountId, door, authKey) => {
      const waitSeconds = await delay.begin(`confirm ${accountId}`);
      if (waitSeconds > 0) return { waitSeconds };
      const known = await db.account.findUnique({ where: { id: accountId }, select });
      const right = await hashing.verify(hashOf(known ?? nobody, door, null), authKey);
      if (!right || known === null) throw new SealdropError("wrong-login");
      await succeed(`confirm ${accountId}`, accountId);
      await noteUnlock(accountId);
      return { accountId };
    },
    confirmPasskey: async (accountId, { authKey, factor }) => {
      const waitSeconds = await delay.begin(`confirm ${accountId}`);
      if (waitSeconds > 0) return { waitSeconds };
      const known = (await db.account.findUnique({ where: { id: accountId }, select })) ?? nobody;
      const checked = await factor(known);
      const right = await hashing.verify(hashOf(known, "passkey", checked), authKey);
      if (!(await checked.use(right))) throw new SealdropError("wrong-login");
      await succeed(`confirm ${accountId}`, accountId);
      await noteUnlock(accountId);
      return { accountId };
    },
  };
};
