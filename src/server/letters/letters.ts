import { SealdropError } from "../../protocol/public/errors.ts";
import { parseLetter } from "../../protocol/public/letter.ts";
import {
  LETTERS_A_PAGE,
  type LetterPost,
  type Letters as LettersPage,
  MOST_WAITING,
  type WaitingLetters,
} from "../../protocol/public/letters-api.ts";
import { bytes } from "../database/database.ts";
import { dayOf, type World } from "../http/world.ts";

/** Letters between members, until collected. The server knows who writes to whom on which day, and one of three lengths. */
export type Letters = {
  /** Throws not-found for nobody's number, no-room, bad-structure. */
  send(from: number, post: LetterPost): Promise<number>;
  page(to: number, after: number): Promise<LettersPage>;
  waiting(from: number): Promise<WaitingLetters>;
  /** Gone, or never there: the same. */
  drop(memberNumber: number, id: number): Promise<void>;
};

export const createLetters = ({ db, now }: Pick<World, "db" | "now">): Letters => ({
  send: async (from, { to, letter }) => {
    parseLetter(letter);
    const reader = await db.account.findUnique({
      where: { memberNumber: to },
      select: { id: true },
    });
    if (reader === null) throw new SealdropError("not-found");
    if ((await db.letter.count({ where: { fromMember: from } })) >= MOST_WAITING) {
      throw new SealdropError("no-room");
    }
    const data = {
      fromMember: from,
      toMember: to,
      day: dayOf(now()),
      bytes: bytes(letter),
      accountId: reader.id,
    };
    return (await db.letter.create({ data, select: { id: true } })).id;
  },
  page: async (to, after) => {
    const rows = await db.letter.findMany({
      where: { toMember: to, id: { gt: after } },
      orderBy: { id: "asc" },
      take: LETTERS_A_PAGE + 1,
      select: { id: true, fromMember: true, day: true, bytes: true },
    });
    const letters = rows
      .slice(0, LETTERS_A_PAGE)
      .map((row) => ({ id: row.id, from: row.fromMember, day: row.day, letter: row.bytes }));
    return { letters, more: rows.length > LETTERS_A_PAGE };
  },
  waiting: async (from) => {
    const rows = await db.letter.findMany({
      where: { fromMember: from },
      orderBy: { id: "asc" },
      select: { id: true, toMember: true, day: true },
    });
    return { waiting: rows.map(({ id, toMember, day }) => ({ id, to: toMember, day })) };
  },
  drop: async (memberNumber, id) => {
    const own = [{ fromMember: memberNumber }, { toMember: memberNumber }];
    await db.letter.deleteMany({ where: { id, OR: own } });
  },
});
