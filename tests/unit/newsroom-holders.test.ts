import { describe, expect, it } from "vitest";
import {
  handOutKey,
  holdersOf,
  takeKeyLetter,
} from "../../src/browser/newsroom/worker/key-holders.ts";
import { newsroomSeed } from "../../src/browser/newsroom/worker/newsroom-key.ts";
import { overviewOf } from "../../src/browser/newsroom/worker/overview.ts";
import { peopleFunctions } from "../../src/browser/newsroom/worker/people.ts";
import { pinFirst } from "../../src/browser/newsroom/worker/pin.ts";
import { rightsFunctions } from "../../src/browser/newsroom/worker/rights.ts";
import { rotatingFunctions } from "../../src/browser/newsroom/worker/rotating.ts";
import { fromBase64url } from "../../src/protocol/public/bytes.ts";
import { parseLetter } from "../../src/protocol/public/letter.ts";
import { wordsOf } from "../../src/protocol/public/words.ts";
import type { NewsroomSeed } from "../../src/protocol/secret/crypto.ts";
import { encodeKeyLetter } from "../../src/protocol/secret/key-letter.ts";
import { openLetter } from "../../src/protocol/secret/letter.ts";
import {
  commitToNext,
  seedOfNewsroomWords,
  signRoster,
  signRotation,
} from "../../src/protocol/secret/sign.ts";
import { openDesk, paperTable, postsTo, TODAY } from "../support/paper-staff.ts";

const BEA = 2;

/** Ada made the newsroom; the others are journalists in it. */
const openTable = async (names = ["Ada", "Bea"]) => {
  const table = paperTable({ admin: true, names });
  const { store, newsroom } = table;
  await pinFirst(store, { newsroomId: newsroom.newsroomId, userName: "ada" }, newsroom.roster);
  const { session } = await openDesk({ ...table, today: TODAY });
  return {
    ...table,
    session,
    rights: rightsFunctions(session),
    people: peopleFunctions(session),
    rotating: rotatingFunctions(session),
    warnings: () => overviewOf(session).warnings,
  };
};
type Table = Awaited<ReturnType<typeof openTable>>;

const rotate = async ({ rotating, newsroom }: Table) => {
  const words = wordsOf(newsroom.words).join(" ");
  await rotating.startRotation({ words, stolen: false });
  await rotating.finishRotation();
};

const letters = ({ server }: Table) => postsTo(server, "/api/letters");

/** What Bea's browser makes of a letter to her. */
const openedByBea = ({ crypto, newsroom }: Table, wire: Record<string, unknown> | undefined) => {
  const bea = newsroom.journalists[BEA - 1];
  if (bea === undefined || wire === undefined) throw new Error("no letter");
  const reader = { memberNumber: BEA, generation: 0, period: newsroom.period };
  return openLetter(crypto, parseLetter(fromBase64url(wire["letter"] as string)), {
    newsroomId: newsroom.newsroomId,
    reader: { ...reader, static: bea.entry.static, messaging: bea.messaging },
    messagingSeed: bea.messagingSeed,
    staticPrivate: bea.staticPrivate,
  });
};

const keyLetter = (seed: NewsroomSeed, list: readonly (readonly [number, number])[]) =>
  encodeKeyLetter({
    seed,
    holders: list.map(([memberNumber, changes]) => ({ memberNumber, changes })),
  });

describe("the newsroom's key and a new admin", () => {
  it("goes to them sealed, with who else holds it", async () => {
    const table = await openTable();
    await table.rights.makeAdmin({ memberNumber: BEA });
    const [wire, another] = letters(table);
    expect([wire?.["to"], another]).toEqual([BEA, undefined]);
    const opened = openedByBea(table, wire);
    expect(opened?.subject).toBe("newsroom-key");
    expect(opened?.bytes).toEqual(
      keyLetter(table.newsroom.seed, [
        [1, 1],
        [BEA, 1],
      ]),
    );
  });

  it("is not given to whom the server only calls an admin", async () => {
    const table = await openTable();
    const [, bea] = table.server.people;
    if (bea !== undefined) bea.role = "admin";
    expect(await table.rotating.rotationReceivers()).toEqual([]);
    await rotate(table);
    await handOutKey(table.session);
    expect(letters(table)).toEqual([]);
  });

  it("is refused to somebody without a key to seal to, before anything has changed", async () => {
    const table = await openTable();
    const away = { ...table.server, others: [] };
    Object.assign(table.server, away);
    await expect(table.rights.makeAdmin({ memberNumber: BEA })).rejects.toThrow(
      "member-unreachable",
    );
    expect(table.server.people.map(({ role }) => role)).toEqual(["admin", "journalist"]);
  });

  it("the next one reaches them too after a change", async () => {
    const table = await openTable();
    await table.rights.makeAdmin({ memberNumber: BEA });
    await rotate(table);
    const opened = openedByBea(table, letters(table)[1]);
    const seed = newsroomSeed(table.session.world());
    expect(opened?.bytes.slice(1, 33)).toEqual(seed);
    expect(seed).not.toEqual(table.newsroom.seed);
  });
});

it("retiring somebody whom another tab has retired with another reason is refused", async () => {
  const table = await openTable();
  await table.people.retire({ memberNumber: BEA, stolen: false });
  const again = table.people.retire({ memberNumber: BEA, stolen: true });
  await expect(again).rejects.toMatchObject({ code: "roster-changed" });
});

describe("the notice that somebody else knows the newsroom's key", () => {
  const KNOWN = "newsroom-key-known";

  it("stands after an admin is retired, whatever the server says of them, until the key is changed", async () => {
    const table = await openTable();
    await table.rights.makeAdmin({ memberNumber: BEA });
    expect(table.warnings()).not.toContain(KNOWN);
    await table.people.retire({ memberNumber: BEA, stolen: false });
    expect(table.warnings()).toContain(KNOWN);
    expect(overviewOf(table.session).keyKnownTo).toEqual(["Bea"]);
    await rotate(table);
    expect(table.warnings()).not.toContain(KNOWN);
  });

  it("stands after rights were taken away, though the server calls them an admin again", async () => {
    const table = await openTable();
    await table.rights.makeAdmin({ memberNumber: BEA });
    await table.rights.takeRights({ memberNumber: BEA });
    const [, bea] = table.server.people;
    if (bea !== undefined) bea.role = "admin";
    expect(table.warnings()).toContain(KNOWN);
    expect(await table.rotating.rotationReceivers()).toEqual([]);
  });

  it("does not stand after a journalist is retired who never had it", async () => {
    const table = await openTable();
    await table.people.retire({ memberNumber: BEA, stolen: false });
    expect(table.warnings()).not.toContain(KNOWN);
  });

  it("goes once the same person has rights again", async () => {
    const table = await openTable();
    await table.rights.makeAdmin({ memberNumber: BEA });
    await table.rights.takeRights({ memberNumber: BEA });
    await table.rights.makeAdmin({ memberNumber: BEA });
    expect(table.warnings()).not.toContain(KNOWN);
  });
});

describe("a letter with the newsroom's key", () => {
  const openJournalist = async () => {
    const table = paperTable({ admin: false });
    const { session } = await openDesk({ ...table, today: TODAY });
    return { ...table, session };
  };
  const BOTH = [
    [1, 1],
    [BEA, 1],
  ] as const;

  it("is kept when it is the key of the verified chain", async () => {
    const { session, newsroom } = await openJournalist();
    const bytes = keyLetter(newsroom.seed, BOTH);
    await takeKeyLetter(session, { from: BEA, bytes });
    expect(newsroomSeed(session.world())).toEqual(newsroom.seed);
    expect(holdersOf(session.world()).map(({ memberNumber }) => memberNumber)).toEqual([1, BEA]);
  });

  it("is kept when it comes before this window has heard of the change", async () => {
    const { session, crypto, server, newsroom } = await openJournalist();
    const { newsroomId, words, roster } = newsroom;
    const seed = seedOfNewsroomWords(crypto, words);
    server.statements.push(
      signRotation(crypto, {
        newsroomId,
        ordinal: 1,
        formerSeed: newsroom.seed,
        seed,
        nextCommitment: commitToNext(crypto, crypto.random(32)),
        afterRoster: 1,
        day: TODAY,
      }),
    );
    const next = { ...roster, number: 2, previousHash: roster.hash };
    const settings = server.rosters[0]?.settings ?? new Uint8Array(0);
    server.rosters.push({ statement: signRoster(crypto, next, seed), settings });
    await takeKeyLetter(session, { from: BEA, bytes: keyLetter(seed, BOTH) });
    expect(newsroomSeed(session.world())).toEqual(seed);
  });

  it("is nothing when it is another key", async () => {
    const { session, crypto } = await openJournalist();
    const bytes = keyLetter(crypto.random(32) as NewsroomSeed, BOTH);
    await takeKeyLetter(session, { from: BEA, bytes });
    expect(session.world().records.get("newsroom")).toBeNull();
  });

  it("says nothing about rights when its sender has none", async () => {
    const table = await openTable();
    const { session, newsroom, rights } = table;
    await rights.makeAdmin({ memberNumber: BEA });
    await rights.takeRights({ memberNumber: BEA });
    const bytes = keyLetter(newsroom.seed, [
      [1, 1],
      [BEA, 99],
    ]);
    await takeKeyLetter(session, { from: BEA, bytes });
    expect(table.warnings()).toContain("newsroom-key-known");
  });

  it("makes two who gave rights at the same moment tell each other", async () => {
    const table = await openTable(["Ada", "Bea", "Cleo"]);
    const { session, newsroom, rights } = table;
    await rights.makeAdmin({ memberNumber: BEA });
    const toBea = () => letters(table).filter(({ to }) => to === BEA);
    const before = toBea().length;
    const bytes = keyLetter(newsroom.seed, [
      [BEA, 1],
      [3, 1],
    ]);
    await takeKeyLetter(session, { from: BEA, bytes });
    await handOutKey(session);
    expect(toBea()).toHaveLength(before + 1);
    const again = openedByBea(table, toBea().at(-1));
    expect(again?.bytes).toEqual(
      keyLetter(newsroom.seed, [
        [1, 1],
        [BEA, 1],
        [3, 1],
      ]),
    );
  });

  it("ends when both lists are one", async () => {
    const table = await openTable();
    const { session, newsroom, rights } = table;
    await rights.makeAdmin({ memberNumber: BEA });
    const before = letters(table).length;
    await takeKeyLetter(session, { from: BEA, bytes: keyLetter(newsroom.seed, BOTH) });
    await handOutKey(session);
    expect(letters(table)).toHaveLength(before);
  });
});

describe("stepping down", () => {
  it("waits until somebody else has the key", async () => {
    const { rights } = await openTable();
    await expect(rights.stepDown()).rejects.toThrow("key-not-collected");
  });

  it("counts nobody as holding it whose rights were taken by somebody without the key", async () => {
    const { rights, server, session } = await openTable();
    await rights.makeAdmin({ memberNumber: BEA });
    const bea = server.people.find(({ memberNumber }) => memberNumber === BEA);
    if (bea !== undefined) bea.role = "journalist";
    await expect(rights.stepDown()).rejects.toThrow("key-not-collected");
    expect(session.world().records.get("newsroom")).not.toBeNull();
  });

  it("keeps the key where the other holder steps down at the same moment", async () => {
    const { rights, server, session } = await openTable();
    await rights.makeAdmin({ memberNumber: BEA });
    const [ada, bea] = server.people;
    Object.defineProperty(bea, "role", { get: () => ada?.role });
    await expect(rights.stepDown()).rejects.toThrow("key-not-collected");
    expect(session.world().records.get("newsroom")).not.toBeNull();
  });

  it("takes the key out of the vault and tells the others", async () => {
    const table = await openTable();
    await table.rights.makeAdmin({ memberNumber: BEA });
    await table.rights.stepDown();
    expect(table.session.world().records.get("newsroom")).toBeNull();
    const told = openedByBea(table, letters(table).at(-1));
    expect(told?.bytes).toEqual(
      keyLetter(table.newsroom.seed, [
        [1, 2],
        [BEA, 1],
      ]),
    );
  });
});
