import { SealdropError } from "../../protocol/public/errors.ts";
import { factorResetTokenHash } from "../../protocol/public/invite-token.ts";
import type { FactorResets } from "../../protocol/public/signin-api.ts";
import { checkSession } from "../database/check-session.ts";
import { bytes, type Transaction } from "../database/database.ts";
import { endSessions } from "../database/end-sessions.ts";
import type { Audit } from "../http/audit.ts";
import type { Member } from "../http/guards.ts";
import { dayOf, type World } from "../http/world.ts";

/**
 * An admin's one-use link for a colleague who has lost the second factor. It gives nothing without that colleague's
 * passphrase, and opens no vault. docs/adr/0017.
 */
export type Resets = {
  /** The colleague's sessions end. Throws forbidden for oneself, not-found. */
  create(
    admin: Member,
    post: { readonly memberNumber: number; readonly tokenHash: Uint8Array },
  ): Promise<{ readonly id: Uint8Array; readonly expiresDay: number }>;
  list(): Promise<FactorResets["resets"]>;
  /** Throws not-found. One that was used stays to be seen. */
  withdraw(admin: Member, id: Uint8Array): Promise<void>;
  /** Throws factor-reset-void. */
  check(token: Uint8Array): Promise<void>;
  /** True once. */
  take(tx: Transaction, token: Uint8Array, accountId: string): Promise<boolean>;
  tidy(): Promise<void>;
};

const VALID_MS = 72 * 3_600_000;
/** How long one that is over is still shown. */
const SHOWN_MS = 90 * 86_400_000;

/** While the request was on its way the session may have ended, or the right been taken. */
const checkStillAdmin = async (tx: Transaction, admin: Member): Promise<void> => {
  await checkSession(tx, admin);
  const count = await tx.account.count({ where: { id: admin.accountId, role: "admin" } });
  if (count === 0) throw new SealdropError("forbidden");
};

type ResetsWorld = Pick<World, "db" | "crypto" | "secrets" | "now"> & { readonly audit: Audit };

export const createResets = ({ db, crypto, secrets, now, audit }: ResetsWorld): Resets => {
  const openUnder = (token: Uint8Array) => ({
    tokenHash: bytes(factorResetTokenHash(crypto, token)),
    usedDay: null,
    expiresAt: { gt: now() },
  });

  const create: Resets["create"] = (admin, { memberNumber, tokenHash }) =>
    db.$transaction(async (tx) => {
      if (memberNumber === admin.memberNumber) throw new SealdropError("forbidden");
      await checkStillAdmin(tx, admin);
      // Two admins at once: the second waits here, and its link takes the place of the first one's.
      const [account] = await tx.$queryRaw<{ readonly id: string }[]>`
        SELECT id FROM account WHERE member_number = ${memberNumber}::int FOR NO KEY UPDATE`;
      if (account === undefined) throw new SealdropError("not-found");
      const accountId = account.id;
      const id = bytes(secrets.random(16));
      const expiresAt = new Date(now().getTime() + VALID_MS);
      // One link at a time: an older one is void.
      await tx.factorReset.deleteMany({ where: { accountId, usedDay: null } });
      const data = [
        { id, accountId, tokenHash: bytes(tokenHash), byMember: admin.memberNumber, expiresAt },
      ];
      const { count } = await tx.factorReset.createMany({ data, skipDuplicates: true });
      if (count !== 1) throw new SealdropError("bad-request");
      await endSessions(tx, accountId);
      const line = { kind: "factor-reset-made", subject: memberNumber } as const;
      await audit.append(tx, { ...line, actor: admin.memberNumber });
      return { id, expiresDay: dayOf(expiresAt) };
    });

  const list: Resets["list"] = async () => {
    const rows = await db.factorReset.findMany({
      include: { account: { select: { userName: true, memberNumber: true } } },
      orderBy: { expiresAt: "desc" },
    });
    return rows.map(({ id, account, byMember, expiresAt, usedDay }) => ({
      id,
      memberNumber: account.memberNumber,
      userName: account.userName,
      by: byMember,
      expiresDay: dayOf(expiresAt),
      usedDay,
    }));
  };

  return {
    create,
    list,
    withdraw: (admin, id) =>
      db.$transaction(async (tx) => {
        const where = { id: bytes(id), usedDay: null };
        const row = await tx.factorReset.findFirst({
          where,
          select: { account: { select: { memberNumber: true } } },
        });
        const { count } = await tx.factorReset.deleteMany({ where });
        if (row === null || count !== 1) throw new SealdropError("not-found");
        const subject = row.account.memberNumber;
        const line = { kind: "factor-reset-withdrawn", actor: admin.memberNumber } as const;
        await audit.append(tx, subject === null ? line : { ...line, subject });
      }),
    check: async (token) => {
      const found = await db.factorReset.count({ where: openUnder(token) });
      if (found !== 1) throw new SealdropError("factor-reset-void");
    },
    take: async (tx, token, accountId) => {
      // Account before link, as `create` locks.
      await tx.$queryRaw`SELECT 1 FROM account WHERE id = ${accountId}::uuid FOR NO KEY UPDATE`;
      const { count } = await tx.factorReset.updateMany({
        where: { ...openUnder(token), accountId },
        data: { usedDay: dayOf(now()), tokenHash: null },
      });
      return count === 1;
    },
    tidy: async () => {
      const before = new Date(now().getTime() - SHOWN_MS);
      await db.factorReset.deleteMany({ where: { expiresAt: { lt: before } } });
    },
  };
};
