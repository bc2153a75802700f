import { describe, expect, it } from "vitest";
import { newsroomSeed } from "../../src/browser/newsroom/worker/newsroom-key.ts";
import type { Known } from "../../src/browser/newsroom/worker/reading/known.ts";
import { deleteForEverybody, removeCopy } from "../../src/browser/newsroom/worker/removing.ts";
import type { BlockRow } from "../../src/protocol/public/block.ts";
import { equal } from "../../src/protocol/public/bytes.ts";
import { periodOf } from "../../src/protocol/public/time.ts";
import type { MessagingSeed } from "../../src/protocol/secret/crypto.ts";
import { signMessagingKey } from "../../src/protocol/secret/sign.ts";
import { bytes } from "../../src/server/database/database.ts";
import { createAppend } from "../../src/server/log/append.ts";
import { paperStore } from "../support/paper-staff.ts";
import { otherRoster, plantedRow, showing } from "../support/planted-messages.ts";
import type { TestServer } from "../support/server.ts";
import {
  again,
  eachWithWitnesses,
  keepState,
  kindsOf,
  leavesOf,
  rewriteLog,
  rotate,
  type Witnesses,
  withoutLast,
} from "../support/witnesses.ts";
import { tipTo } from "../support/worker-desk.ts";
import { sumo } from "../vectors/backends.ts";

const ROSTER = 3;

/** A server that really lies, and what two members' browsers make of it. */
let server: TestServer;
let both: Witnesses;
eachWithWitnesses((fresh, two) => {
  server = fresh;
  both = two;
});

describe("an honest server", () => {
  it("raises no alarm, and what others did is shown by name until it is acknowledged", async () => {
    const ann = await both.ann.open();
    expect(ann.found).toMatchObject({ findings: [], changes: [], looked: { compared: true } });
    const ben = await both.ben.open();
    expect(ben.found).toMatchObject({ findings: [], changes: [], looked: { compared: true } });
    await rotate(ann, [2]);
    expect((await ann.log.lookAtLog()).changes).toEqual([]);
    for (const store of [undefined, paperStore()]) {
      const later = await both.ben.open(store === undefined ? {} : { store });
      expect(later.found.findings).toEqual([]);
      expect(later.found.changes).toEqual([{ kind: "void", name: "Ben" }]);
    }
    const last = await both.ben.open();
    await last.log.acknowledgeChanges();
    expect((await both.ben.open()).found.changes).toEqual([]);
  }, 120_000);
});

describe("a server", () => {
  it("that tells another story than before is found by vault and by browser alone", async () => {
    await both.ann.open();
    const leaves = await leavesOf(server);
    await rewriteLog(server, [...leaves.slice(0, -2), ...leaves.slice(-2).reverse()]);
    expect(kindsOf(await both.ann.open())).toEqual(["fork"]);
    expect(kindsOf(await both.ann.open({ store: paperStore() }))).toEqual(["fork"]);
  }, 120_000);

  it("that sets log and vault back together is found by the browser, and by colleagues", async () => {
    await both.ann.open();
    const back = await keepState(server);
    const ann = await both.ann.open();
    await rotate(ann, [1]);
    await again(ann);
    const ben = await both.ben.open();
    expect(kindsOf(ben)).toEqual([]);
    const { rows } = await server.pool.query(
      "SELECT * FROM seen_statement WHERE member_number = 2",
    );
    await back();
    expect(kindsOf(await both.ann.open())).toEqual(["shrunk"]);
    expect(kindsOf(await both.ben.open())).toEqual(["shrunk"]);
    // Ann in a new browser has nothing left to compare with but what Ben's browser has signed.
    await server.pool.query(
      "INSERT INTO seen_statement VALUES ($1, $2) ON CONFLICT (member_number) DO UPDATE SET statement = $2",
      [2, rows[0].statement],
    );
    const fresh = await both.ann.open({ store: paperStore() });
    expect(kindsOf(fresh)).toContain("colleague-more");
    expect(fresh.found.findings).toContainEqual(
      expect.objectContaining({ kind: "colleague-more", name: "Ben" }),
    );
  }, 120_000);

  it("that keeps a new list from one member is found by what the log holds", async () => {
    const ann = await both.ann.open();
    await both.ben.open();
    await rotate(ann, [1]);
    const alter = (url: string, answer: Uint8Array) =>
      url.includes("/api/rosters") ? withoutLast(answer) : null;
    expect(kindsOf(await both.ben.open({ alter }))).toContain("roster-hidden");
    // Its leaf has been read, and is not read again: said until the list is shown.
    expect(kindsOf(await both.ben.open({ alter }))).toContain("roster-hidden");
    expect(kindsOf(await both.ben.open())).toEqual([]);
  }, 120_000);

  it("that shows one member an old log is found by what a colleague has seen", async () => {
    const old = new Map<string, Uint8Array>();
    const told = /\/api\/(?:rosters|log\/evidence|newsroom)/;
    await both.ben.open({
      alter: (url, answer) => {
        if (told.test(url)) old.set(url, answer);
        return null;
      },
    });
    const ann = await both.ann.open();
    await rotate(ann, [1]);
    await again(ann);
    const ben = await both.ben.open({ alter: (url) => old.get(url) ?? null });
    expect(ben.found.findings).toEqual([
      expect.objectContaining({ kind: "colleague-more", name: "Ann" }),
    ]);
  }, 120_000);

  it("that adds a messaging key in a member's name is found by that member", async () => {
    const ann = await both.ann.open();
    const { newsroomId, memberNumber, own, entry, today } = ann.session.world();
    const period = periodOf(today) + 14;
    const statement = signMessagingKey(sumo, {
      newsroomId,
      memberNumber,
      generation: entry.generation,
      period,
      identitySeed: own.identitySeed,
      seed: new Uint8Array(32).fill(5) as MessagingSeed,
    });
    await server.world.db.$transaction((tx) => createAppend(server.world)(tx, [bytes(statement)]));
    expect(kindsOf(await both.ann.open())).toEqual(["foreign-key"]);
    expect(kindsOf(await both.ben.open())).toEqual([]);
  }, 120_000);

  it("that never logs a list is found", async () => {
    const ann = await both.ann.open();
    await rotate(ann, [1]);
    const lists = (await leavesOf(server)).filter((leaf) => leaf[0] === ROSTER);
    const last = lists.at(-1) ?? new Uint8Array();
    await rewriteLog(
      server,
      (await leavesOf(server)).filter((leaf) => !equal(leaf, last)),
    );
    expect(kindsOf(await both.ben.open())).toEqual(["log-broken"]);
  }, 120_000);

  it("that shows sources another list is found at the source's address", async () => {
    let before: Uint8Array | null = null;
    await both.ben.open({
      alter: (url, answer) => {
        if (url.startsWith(server.source)) before = answer;
        return null;
      },
    });
    const ann = await both.ann.open();
    await rotate(ann, [1]);
    const alter = (url: string): Uint8Array | null =>
      url.startsWith(server.source) ? before : null;
    expect(kindsOf(await both.ben.open({ alter }))).toEqual(["source-list", "source-log"]);
    const nothing = (url: string): Uint8Array | null =>
      url.startsWith(server.source) ? new Uint8Array(10) : null;
    expect(kindsOf(await both.ben.open({ alter: nothing }))).toEqual(["source-list"]);
  }, 120_000);
});

describe("what a server shows a reader", () => {
  it("is held against the list: a tip under another one is said, and the others are read", async () => {
    const { session } = await both.ann.open();
    const seed = newsroomSeed(session.world());
    const { session: bens } = await both.ben.open();
    if (seed === null) throw new Error("Ann holds the newsroom's key");
    const world = bens.world();
    const roster = otherRoster(world, seed);
    const astray = await plantedRow(server, world, { roster, text: "Astray" });
    const right = await plantedRow(server, world, { roster: world.roster, text: "Right" });
    const honest = await both.ben.read({ alter: showing([right]) });
    expect([kindsOf(honest), honest.library.book.size()]).toEqual([[], 1]);
    for (const own of [astray.own, null]) {
      const ben = await both.ben.read({ alter: showing([{ ...astray, own }, right]) });
      expect([kindsOf(ben), ben.library.book.size()]).toEqual([["tip-list"], 1]);
    }
  }, 120_000);
});

it("a server that brings back what was deleted for everybody is found, and reading goes on", async () => {
  const { session } = await both.ben.open();
  const world = session.world();
  const { roster } = world;
  const unwanted = await plantedRow(server, world, { roster, text: "Unwanted" });
  const hidden = await plantedRow(server, world, { roster, text: "Hidden" });
  const later = await plantedRow(server, world, { roster, text: "Later" });
  const first = await both.ben.read({ alter: showing([hidden, unwanted]) });
  const messageOf = ({ header }: BlockRow): readonly Known[] =>
    [...first.library.book.all()].filter((one) => equal(one.headerBytes, header));
  await deleteForEverybody(first.library, messageOf(unwanted));
  await removeCopy(first.library, messageOf(hidden));
  // A copy that was removed is still there for colleagues: no finding.
  const honest = await both.ben.read({ alter: showing([hidden]) });
  expect([kindsOf(honest), honest.library.book.size()]).toEqual([[], 0]);
  for (const own of [unwanted.own, null]) {
    const ben = await both.ben.read({ alter: showing([later, { ...unwanted, own }]) });
    expect([kindsOf(ben), ben.library.book.size()]).toEqual([["deleted-back"], 1]);
  }
}, 120_000);

it("what was really deleted and is put back into the database stays closed to whoever deleted it, and is said at every unlock", async () => {
  await both.ben.open();
  await tipTo(server, [1, 2], "Unwanted");
  await tipTo(server, [1, 2], "Wanted");
  const first = await both.ben.read();
  const [unwanted] = [...first.library.book.all()].filter(
    ({ opened }) => opened?.firstLine === "Unwanted",
  );
  if (unwanted === undefined) throw new Error("it was not read");
  const back = await keepState(server, ["message", "slot"]);
  await deleteForEverybody(first.library, [unwanted]);
  const stored = () => server.world.db.message.count();
  expect(await stored()).toBe(1);
  await back();
  expect(await stored()).toBe(2);
  for (const options of [{}, { store: paperStore() }]) {
    const ben = await both.ben.read(options);
    const lines = [...ben.library.book.all()].map(({ opened }) => opened?.firstLine);
    expect([kindsOf(ben), lines]).toEqual([["deleted-back"], ["Wanted"]]);
  }
}, 120_000);
