import { SealdropError } from "../../protocol/public/errors.ts";
import type { PasskeyAssertion } from "../../protocol/public/second-factor-api.ts";
import {
  type Factors,
  MOST_PASSKEYS,
  type PasskeyDoorPost,
  type PasskeyPost,
} from "../../protocol/public/signin-api.ts";
import { checkSession } from "../database/check-session.ts";
import { bytes, type Database, type Transaction } from "../database/database.ts";
import type { Audit } from "../http/audit.ts";
import type { StaffSession } from "../http/guards.ts";
import { dayOf, type World } from "../http/world.ts";
import type { Challenges } from "./challenges.ts";
import type { FactorCheck } from "./checked.ts";
import type { FactorHashing } from "./hashing.ts";
import { lockAccount } from "./lock-account.ts";
import { challengeOf, checkAssertion, checkRegistration, hostOf, type Place } from "./webauthn.ts";

/** Passkeys: several for each person, each at the address it was made at. docs/adr/0017. */
export type Passkeys = {
  check(passkey: PasskeyAssertion, origin: string): FactorCheck;
  list(accountId: string): Promise<Factors["passkeys"]>;
  /** Throws passkey-refused, forbidden when there are too many. */
  add(who: Who, post: PasskeyPost, origin: string): Promise<void>;
  /** A door to the vault for a passkey that is there. Throws passkey-refused, vault-changed. */
  addDoor(who: Who, post: PasskeyDoorPost, origin: string): Promise<void>;
  /** Throws not-found. */
  remove(who: Who, credentialId: Uint8Array): Promise<void>;
  /** Without the passphrase nobody can wrap a new vault key for them: a door to an old one must not stay. */
  dropDoors(tx: Transaction, accountId: string): Promise<void>;
};

type Who = Pick<StaffSession, "accountId" | "userName" | "memberNumber" | "tokenHashes">;
type PasskeysWorld = Pick<World, "now"> & {
  readonly db: Database;
  readonly audit: Audit;
  readonly hashing: FactorHashing;
  readonly challenges: Challenges;
};

type Answered = { readonly challenge: string; readonly counter: number };
type Key = { readonly accountId: string; readonly credentialId: Uint8Array };

export const createPasskeys = (world: PasskeysWorld): Passkeys => {
  const { db, audit, hashing, challenges, now } = world;
  const placeOf = (origin: string, userName: string): Place => ({
    origin,
    holds: (challenge) => challenges.holds(challenge, userName),
  });
  const where = ({ accountId, credentialId }: Key) => ({
    accountId,
    credentialId: bytes(credentialId),
  });

  /** One challenge once, and a counter that only rises; zero stands for an authenticator that does not count. */
  const spend = (tx: Transaction, key: Key, { challenge, counter }: Answered): Promise<boolean> =>
    challenges.use(tx, challenge).then(async (first) => {
      if (!first) return false;
      const rises = counter === 0 ? { equals: 0n } : { lt: BigInt(counter) };
      const { count } = await tx.passkey.updateMany({
        where: { ...where(key), counter: rises },
        data: { counter: BigInt(counter), usedDay: dayOf(now()) },
      });
      return count === 1;
    });

  const findKey = (key: Key) =>
    db.passkey.findFirst({
      where: where(key),
      select: { publicKey: true, counter: true, authHash: true },
    });

  const check: Passkeys["check"] = (passkey, origin) => async (known) => {
    const key = { accountId: known.id, credentialId: passkey.credentialId };
    const row = await findKey(key);
    const stored = row === null ? null : { ...row, counter: Number(row.counter) };
    const counter = await checkAssertion(passkey, stored, placeOf(origin, known.userName));
    const challenge = challengeOf(passkey.clientData);
    return {
      kind: "passkey",
      authHash: row?.authHash ?? null,
      use: async (right) => {
        if (!right || counter === null) return false;
        return db.$transaction((tx) => spend(tx, key, { challenge, counter }));
      },
    };
  };

  const add: Passkeys["add"] = async (who, post, origin) => {
    const { accountId, userName, memberNumber: actor } = who;
    const made = await checkRegistration(post, placeOf(origin, userName));
    if (made === null) throw new SealdropError("passkey-refused");
    await db.$transaction(async (tx) => {
      await lockAccount(tx, accountId);
      await checkSession(tx, who);
      if (!(await challenges.use(tx, challengeOf(post.clientData)))) {
        throw new SealdropError("passkey-refused");
      }
      const held = await tx.passkey.count({ where: { accountId } });
      if (held >= MOST_PASSKEYS) throw new SealdropError("forbidden");
      const data = [
        {
          accountId,
          credentialId: bytes(made.credentialId),
          name: post.name,
          host: hostOf(origin),
          publicKey: bytes(made.publicKey),
          counter: BigInt(made.counter),
          addedDay: dayOf(now()),
        },
      ];
      const { count } = await tx.passkey.createMany({ data, skipDuplicates: true });
      if (count !== 1) throw new SealdropError("passkey-refused");
      await audit.append(tx, { kind: "passkey-added", actor });
    });
  };

  const addDoor: Passkeys["addDoor"] = async (who, post, origin) => {
    const { accountId, userName, memberNumber: actor } = who;
    const { passkey, authKey, wrappedKey, beside } = post;
    const key = { accountId, credentialId: passkey.credentialId };
    const row = await findKey(key);
    const stored = row === null ? null : { ...row, counter: Number(row.counter) };
    const counter = await checkAssertion(passkey, stored, placeOf(origin, userName));
    if (counter === null) throw new SealdropError("passkey-refused");
    const authHash = await hashing.hash(authKey);
    const challenge = challengeOf(passkey.clientData);
    await db.$transaction(async (tx) => {
      const account = await lockAccount(tx, accountId);
      await checkSession(tx, who);
      if (Buffer.compare(account.wrappedKey, beside) !== 0) {
        throw new SealdropError("vault-changed");
      }
      if (!(await spend(tx, key, { challenge, counter }))) {
        throw new SealdropError("passkey-refused");
      }
      await tx.passkey.updateMany({
        where: where(key),
        data: { authHash, wrappedKey: bytes(wrappedKey) },
      });
      await audit.append(tx, { kind: "passkey-unlocks", actor });
    });
  };

  return {
    check,
    add,
    addDoor,
    list: (accountId) =>
      db.passkey.findMany({
        where: { accountId },
        orderBy: [{ addedDay: "asc" }, { name: "asc" }],
        select: {
          credentialId: true,
          name: true,
          host: true,
          addedDay: true,
          usedDay: true,
          wrappedKey: true,
        },
      }),
    remove: (who, credentialId) =>
      db.$transaction(async (tx) => {
        const { accountId, memberNumber } = who;
        await lockAccount(tx, accountId);
        await checkSession(tx, who);
        const { count } = await tx.passkey.deleteMany({
          where: where({ accountId, credentialId }),
        });
        if (count !== 1) throw new SealdropError("not-found");
        await audit.append(tx, { kind: "passkey-removed", actor: memberNumber });
      }),
    dropDoors: async (tx, accountId) => {
      await tx.passkey.updateMany({
        where: { accountId },
        data: { authHash: null, wrappedKey: null },
      });
    },
  };
};
