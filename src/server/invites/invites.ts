import { equal } from "../../protocol/public/bytes.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { inviteTokenHash } from "../../protocol/public/invite-token.ts";
import type { RosterEntry } from "../../protocol/public/roster.ts";
import {
  type InviteAnswer,
  type InvitePost,
  type Invites as InvitesAnswer,
  staffLimits,
} from "../../protocol/public/staff-api.ts";
import { bytes, type Transaction } from "../database/database.ts";
import type { Prisma } from "../database/generated/client.ts";
import type { Audit } from "../http/audit.ts";
import { dayOf, type World } from "../http/world.ts";

/** One-use ways in. The server knows the hash of a token that the link's secret gives; the link itself it never sees. */
const VALID_MS = 72 * 3_600_000;
/** How long an expired one is still shown. */
const SHOWN_MS = 7 * 86_400_000;

type InviteRow = InvitesAnswer["invites"][number];

export type Invites = {
  /** Throws forbidden when there are too many. */
  create(
    post: InvitePost,
    by: number,
  ): Promise<{ readonly id: Uint8Array; readonly expiresDay: number }>;
  list(): Promise<InviteRow[]>;
  /** An account that waits for approval goes with its invite. */
  withdraw(id: Uint8Array, by: number): Promise<void>;
  /** Throws invite-void. */
  check(token: Uint8Array): Promise<void>;
  /** Marks the invite answered, once. Throws invite-void. */
  answer(tx: Transaction, accountId: string, answer: InviteAnswer): Promise<void>;
  /** The account that answered becomes this entry's. Throws not-found, roster-invalid when the keys are others. */
  approve(tx: Transaction, id: Uint8Array, entry: RosterEntry): Promise<void>;
  tidy(): Promise<void>;
};

const withName = { include: { account: { select: { userName: true } } } } as const;
type Row = Prisma.InviteGetPayload<typeof withName>;

const answerOf = (row: Row): Pick<InviteRow, "answer"> => {
  const { account, name, identityKey, staticKey } = row;
  if (account === null || name === null || identityKey === null || staticKey === null) return {};
  return { answer: { userName: account.userName, name, identityKey, staticKey } };
};

const stateOf = (row: Row, now: Date): InviteRow["state"] => {
  if (row.accountId !== null) return "answered";
  return row.expiresAt > now ? "open" : "expired";
};

/** Answering, withdrawing and approving at once: each waits here, and finds what the one before has left. */
const lockInvite = async (tx: Transaction, id: Uint8Array) => {
  await tx.$queryRaw`SELECT 1 FROM invite WHERE id = ${bytes(id)} FOR UPDATE`;
  return tx.invite.findUnique({ where: { id: bytes(id) } });
};

type InvitesWorld = Pick<World, "db" | "crypto" | "secrets" | "now"> & {
  readonly audit: Audit;
  readonly approveAccount: (
    tx: Transaction,
    accountId: string,
    memberNumber: number,
  ) => Promise<void>;
};

export const createInvites = (world: InvitesWorld): Invites => {
  const { db, crypto, secrets, now, approveAccount, audit } = world;
  const openUnder = (token: Uint8Array) => ({
    tokenHash: bytes(inviteTokenHash(crypto, token)),
    accountId: null,
    expiresAt: { gt: now() },
  });

  const create = async ({ tokenHash, label }: InvitePost, by: number) => {
    if ((await db.invite.count()) >= staffLimits.invites) throw new SealdropError("forbidden");
    const id = bytes(secrets.random(16));
    const expiresAt = new Date(now().getTime() + VALID_MS);
    const data = [{ id, tokenHash: bytes(tokenHash), label, expiresAt }];
    await db.$transaction(async (tx) => {
      const { count } = await tx.invite.createMany({ data, skipDuplicates: true });
      if (count !== 1) throw new SealdropError("bad-request");
      await audit.append(tx, { kind: "invite-made", actor: by });
    });
    return { id, expiresDay: dayOf(expiresAt) };
  };

  const list = async () => {
    const rows = await db.invite.findMany({ ...withName, orderBy: { expiresAt: "desc" } });
    return rows.map((row) => ({
      id: row.id,
      label: row.label,
      state: stateOf(row, now()),
      ...answerOf(row),
    }));
  };

  const withdraw = (id: Uint8Array, by: number) =>
    db.$transaction(async (tx) => {
      const row = await lockInvite(tx, id);
      if (row === null) throw new SealdropError("not-found");
      await tx.invite.deleteMany({ where: { id: row.id } });
      if (row.accountId !== null) {
        await tx.account.deleteMany({ where: { id: row.accountId, memberNumber: null } });
      }
      await audit.append(tx, { kind: "invite-withdrawn", actor: by });
    });

  const approve = async (tx: Transaction, id: Uint8Array, entry: RosterEntry) => {
    const row = await lockInvite(tx, id);
    const { accountId, identityKey, staticKey } = row ?? {};
    if (!accountId || !identityKey || !staticKey) throw new SealdropError("not-found");
    if (!equal(identityKey, entry.identity) || !equal(staticKey, entry.static)) {
      throw new SealdropError("roster-invalid");
    }
    await approveAccount(tx, accountId, entry.memberNumber);
    await tx.invite.delete({ where: { id: bytes(id) }, select: { id: true } });
  };

  return {
    create,
    list,
    withdraw,
    approve,
    check: async (token) => {
      const found = await db.invite.count({ where: openUnder(token) });
      if (found !== 1) throw new SealdropError("invite-void");
    },
    answer: async (tx, accountId, { token, name, identityKey, staticKey }) => {
      const { count } = await tx.invite.updateMany({
        where: openUnder(token),
        data: { accountId, name, identityKey: bytes(identityKey), staticKey: bytes(staticKey) },
      });
      if (count !== 1) throw new SealdropError("invite-void");
      await audit.append(tx, { kind: "invite-answered", actor: null });
    },
    tidy: async () => {
      const before = new Date(now().getTime() - SHOWN_MS);
      await db.invite.deleteMany({ where: { accountId: null, expiresAt: { lt: before } } });
    },
  };
};
