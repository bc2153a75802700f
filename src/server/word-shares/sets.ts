import { SealdropError } from "../../protocol/public/errors.ts";
import type { ShareSetPost, ShareSets } from "../../protocol/public/word-share-api.ts";
import { bytes, type Transaction } from "../database/database.ts";
import type { Audit } from "../http/audit.ts";
import type { Member } from "../http/guards.ts";
import { dayOf, type World } from "../http/world.ts";

/** Who holds shares of whose words. The server never has one: they go from vault to vault in letters. */
export type Sets = {
  /** Takes the place of the owner's former set of these words; the same again is no fault. Throws forbidden, key-exists. */
  post(owner: Member, post: ShareSetPost): Promise<void>;
  list(owner: Member): Promise<ShareSets>;
  /** Gone, or never there: the same. */
  drop(owner: Member, setId: Uint8Array): Promise<void>;
  /** A holder's browser has it in the vault. Throws not-found for a set that is no more, or that was never theirs. */
  kept(holder: number, setId: Uint8Array): Promise<void>;
};

type SetsWorld = Pick<World, "db" | "now"> & { readonly audit: Audit };

const MADE = { recovery: "recovery-shares-made", newsroom: "newsroom-shares-made" } as const;

const wordsOf = (words: string): "recovery" | "newsroom" =>
  words === "newsroom" ? "newsroom" : "recovery";

/** Only members can hold a share, and nobody one of their own words. */
const checkHolders = async (
  tx: Transaction,
  owner: Member,
  holders: readonly number[],
): Promise<void> => {
  const others = holders.filter((holder) => holder !== owner.memberNumber);
  const found = await tx.account.count({ where: { memberNumber: { in: others } } });
  if (found !== holders.length) throw new SealdropError("forbidden");
};

/** Throws key-exists for somebody else's. */
const isThere = async (tx: Transaction, accountId: string, setId: Uint8Array): Promise<boolean> => {
  const there = await tx.shareSet.findUnique({ where: { setId: bytes(setId) } });
  if (there !== null && there.accountId !== accountId) throw new SealdropError("key-exists");
  return there !== null;
};

const replace = async (
  tx: Transaction,
  accountId: string,
  { setId, words, holders }: ShareSetPost,
): Promise<void> => {
  await tx.shareSet.deleteMany({ where: { accountId, words } });
  // A colleague's of the same number may be on its way; numbers are drawn, so nobody meets one by chance.
  const data = [{ setId: bytes(setId), accountId, words }];
  const { count } = await tx.shareSet.createMany({ data, skipDuplicates: true });
  if (count !== 1) throw new SealdropError("key-exists");
  await tx.shareHolder.createMany({
    data: holders.map((holder) => ({ setId: bytes(setId), memberNumber: holder })),
  });
};

export const createSets = ({ db, now, audit }: SetsWorld): Sets => ({
  post: (owner, post) =>
    db.$transaction(async (tx) => {
      const { accountId, memberNumber, role } = owner;
      const { words, needed, holders } = post;
      if (words === "newsroom" && role !== "admin") throw new SealdropError("forbidden");
      // Two windows at once: the second finds what the first has left.
      await tx.$queryRaw`SELECT 1 FROM account WHERE id = ${accountId}::uuid FOR UPDATE`;
      if (await isThere(tx, accountId, post.setId)) return;
      await checkHolders(tx, owner, holders);
      await replace(tx, accountId, post);
      const values = { needed, count: holders.length };
      await audit.append(tx, { kind: MADE[words], actor: memberNumber, values });
    }),
  list: async ({ accountId }) => {
    const rows = await db.shareSet.findMany({
      where: { accountId },
      include: { holders: { orderBy: { memberNumber: "asc" } } },
    });
    const sets = rows.map(({ setId, words, holders }) => ({
      setId,
      words: wordsOf(words),
      holders: holders.map(({ memberNumber, keptDay }) => ({ holder: memberNumber, keptDay })),
    }));
    return { sets };
  },
  drop: ({ accountId, memberNumber }, setId) =>
    db.$transaction(async (tx) => {
      const where = { accountId, setId: bytes(setId) };
      const { count } = await tx.shareSet.deleteMany({ where });
      if (count > 0) await audit.append(tx, { kind: "shares-dropped", actor: memberNumber });
    }),
  kept: async (holder, setId) => {
    const where = { memberNumber: holder, setId: bytes(setId) };
    if ((await db.shareHolder.count({ where })) === 0) throw new SealdropError("not-found");
    // The first day counts: a repetition is none.
    const data = { keptDay: dayOf(now()) };
    await db.shareHolder.updateMany({ where: { ...where, keptDay: null }, data });
  },
});
