import { equal } from "../../protocol/public/bytes.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { type KeyChange, openKeyChange } from "../../protocol/public/key-change.ts";
import type { KeyChanges as KeyChangesAnswer } from "../../protocol/public/lasting-keys-api.ts";
import type { Roster, RosterEntry } from "../../protocol/public/roster.ts";
import { bytes, type Transaction } from "../database/database.ts";
import { lockRoster } from "../database/roster-lock.ts";
import type { Audit } from "../http/audit.ts";
import type { Member } from "../http/guards.ts";
import type { World } from "../http/world.ts";
import { getCurrentMember, getNewestRoster } from "./newsroom.ts";

/** New lasting keys that wait for an admin's signature: one change a member, and never another in its place. */
export type KeyChanges = {
  /** The same again is no fault. Throws bad-structure, bad-signature, roster-changed, key-exists, forbidden. */
  post(member: Member, statement: Uint8Array): Promise<void>;
  list(member: Member): Promise<KeyChangesAnswer["changes"]>;
  /** By the member or an admin; gone, or never there: the same. Throws forbidden. */
  drop(by: Member, memberNumber: number): Promise<void>;
  /** The next roster takes the keys up. Throws not-found when no change waits, roster-invalid when it asked for something else. */
  take(tx: Transaction, renewed: Renewed): Promise<void>;
};

/** A member's entries in the newest roster and in the one that is to follow. */
export type Renewed = {
  readonly roster: Roster;
  readonly before: RosterEntry;
  readonly after: RosterEntry;
  /** What becomes of `before`. */
  readonly replaced: RosterEntry | undefined;
};

/** The generation rises, or a messaging key of the old identity could stand where one of the new must. */
const isAsAsked = (change: KeyChange, { before, after, replaced }: Renewed): boolean =>
  equal(change.identity, after.identity) &&
  equal(change.static, after.static) &&
  after.generation > before.generation &&
  replaced?.state === (change.stolen ? "stolen" : "rotated");

type KeyChangesWorld = Pick<World, "db" | "crypto"> & { readonly audit: Audit };

type Owner = { readonly roster: Roster; readonly memberNumber: number };

/** By keys that have been replaced meanwhile: out of date, and not forged. */
const isByFormer = (crypto: World["crypto"], statement: Uint8Array, owner: Owner): boolean => {
  const { memberNumber, roster } = owner;
  const { newsroomId, entries } = roster;
  const opens = ({ identity }: RosterEntry): boolean => {
    try {
      openKeyChange(crypto, statement, { newsroomId, memberNumber, identity });
      return true;
    } catch {
      return false;
    }
  };
  return entries.filter((entry) => entry.memberNumber === memberNumber).some(opens);
};

const checkAsked = (crypto: World["crypto"], statement: Uint8Array, owner: Owner): void => {
  const { memberNumber, roster } = owner;
  const { identity } = getCurrentMember(roster, memberNumber);
  const { newsroomId } = roster;
  try {
    openKeyChange(crypto, statement, { newsroomId, memberNumber, identity });
  } catch (error) {
    throw isByFormer(crypto, statement, owner) ? new SealdropError("roster-changed") : error;
  }
};

export const createKeyChanges = ({ db, crypto, audit }: KeyChangesWorld): KeyChanges => ({
  post: ({ memberNumber, accountId }, statement) =>
    db.$transaction(async (tx) => {
      await lockRoster(tx, "shared");
      const roster = await getNewestRoster(tx, crypto);
      checkAsked(crypto, statement, { roster, memberNumber });
      const data = [{ accountId, memberNumber, statement: bytes(statement) }];
      const { count } = await tx.keyChange.createMany({ data, skipDuplicates: true });
      const there = await tx.keyChange.findUnique({ where: { memberNumber } });
      if (there === null || !equal(there.statement, statement)) {
        throw new SealdropError("key-exists");
      }
      if (count > 0) await audit.append(tx, { kind: "member-keys-asked", actor: memberNumber });
    }),
  list: ({ role, memberNumber }) =>
    db.keyChange.findMany({
      where: role === "admin" ? {} : { memberNumber },
      select: { memberNumber: true, statement: true },
      orderBy: { memberNumber: "asc" },
    }),
  drop: async (by, memberNumber) => {
    if (by.role !== "admin" && by.memberNumber !== memberNumber) {
      throw new SealdropError("forbidden");
    }
    await db.$transaction(async (tx) => {
      const { count } = await tx.keyChange.deleteMany({ where: { memberNumber } });
      if (count === 0) return;
      const kind = "member-keys-withdrawn";
      await audit.append(tx, { kind, actor: by.memberNumber, subject: memberNumber });
    });
  },
  take: async (tx, renewed) => {
    const { newsroomId } = renewed.roster;
    const { memberNumber, identity } = renewed.before;
    // Whoever takes the change back at this moment waits, and finds it gone; or was first, and then nothing is signed.
    await tx.$queryRaw`SELECT 1 FROM key_change WHERE member_number = ${memberNumber}::int FOR UPDATE`;
    const row = await tx.keyChange.findUnique({ where: { memberNumber } });
    if (row === null) throw new SealdropError("not-found");
    const owner = { newsroomId, memberNumber, identity };
    if (!isAsAsked(openKeyChange(crypto, row.statement, owner), renewed)) {
      throw new SealdropError("roster-invalid");
    }
    await tx.keyChange.deleteMany({ where: { memberNumber } });
  },
});
