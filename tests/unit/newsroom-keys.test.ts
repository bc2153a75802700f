import { describe, expect, it } from "vitest";
import { topUp } from "../../src/browser/newsroom/worker/messaging-keys.ts";
import { signNext } from "../../src/browser/newsroom/worker/newsroom-key.ts";
import { overviewOf } from "../../src/browser/newsroom/worker/overview.ts";
import { pinFirst } from "../../src/browser/newsroom/worker/pin.ts";
import { messagingRecords } from "../../src/browser/newsroom/worker/vault.ts";
import { base64url } from "../../src/protocol/public/bytes.ts";
import type { MessagingPublicKey } from "../../src/protocol/public/crypto.ts";
import { firstDayOf, lastDayOf, periodOf } from "../../src/protocol/public/time.ts";
import { sealLetter } from "../../src/protocol/secret/letter.ts";
import { PLAIN_SETTINGS } from "../support/paper-newsroom.ts";
import { openDesk, paperTable, postsTo, TODAY } from "../support/paper-staff.ts";

const NOW = periodOf(TODAY);

const adminTable = async () => {
  const table = paperTable({ admin: true });
  const { store, newsroom } = table;
  await pinFirst(store, { newsroomId: newsroom.newsroomId, userName: "ada" }, newsroom.roster);
  return table;
};

type Table = Awaited<ReturnType<typeof adminTable>>;
type Desk = Awaited<ReturnType<typeof openDesk>>;

const periodsIn = (desk: Desk) =>
  messagingRecords(desk.session.world().records.ids())
    .map(({ period }) => period)
    .sort((a, b) => a - b);

const rotateAda = (desk: Desk) =>
  signNext(desk.session, {
    entries: desk.session
      .world()
      .roster.entries.map((entry) =>
        entry.memberNumber === 1 ? { ...entry, generation: 1 } : entry,
      ),
  });

const destroyedPosts = ({ server }: Table) => postsTo(server, "/api/messaging-keys/destroyed");

/** By a colleague, about something that nobody at this desk takes. */
const letterTo = (desk: Desk, { newsroom }: Table) => {
  const { crypto, entry, memberNumber, newsroomId, ...world } = desk.session.world();
  const [, bea] = newsroom.journalists;
  const seed = world.messagingSeed(0, NOW);
  if (bea === undefined || seed === null) throw new Error("nobody");
  const reader = {
    memberNumber,
    generation: 0,
    period: NOW,
    static: entry.static,
    messaging: crypto.kemPublicKey(seed) as MessagingPublicKey,
  };
  const sender = { public: bea.entry.static, private: bea.staticPrivate };
  const content = { subject: "history", bytes: new Uint8Array(3) } as const;
  const letter = sealLetter(crypto, { newsroomId, sender, reader }, content);
  return { id: 1, from: 2, day: TODAY, letter: base64url(letter) };
};

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("messaging keys at an unlock", () => {
  it("are published for this period and 13 ahead", async () => {
    const table = await adminTable();
    const desk = await openDesk({ ...table, today: TODAY });
    const wanted = Array.from({ length: 14 }, (_, ahead) => `1:0:${NOW + ahead}`);
    expect([[...table.server.keys.keys()], overviewOf(desk.session).publishedUntilDay]).toEqual([
      wanted,
      lastDayOf(NOW + 13),
    ]);
  });

  it("stand in the vault before they are published", async () => {
    const table = await adminTable();
    await openDesk({ ...table, today: TODAY });
    const paths = table.server.posted.map(({ path }) => path);
    expect(paths.slice(0, 2)).toEqual(["/api/vault", "/api/messaging-keys"]);
  });

  it("are not sent again when all are there", async () => {
    const table = await adminTable();
    await openDesk({ ...table, today: TODAY });
    await openDesk({ ...table, today: TODAY });
    expect(postsTo(table.server, "/api/messaging-keys")).toHaveLength(1);
  });

  it("are published anew, with the same keys, when the server has lost one", async () => {
    const table = await adminTable();
    await openDesk({ ...table, today: TODAY });
    const before = new Map(table.server.keys);
    table.server.keys.delete(`1:0:${NOW + 3}`);
    await openDesk({ ...table, today: TODAY });
    expect(new Map([...table.server.keys].sort())).toEqual(new Map([...before].sort()));
  });

  it("are neither made nor sent while the clocks differ by more than a day", async () => {
    const table = await adminTable();
    const desk = await openDesk({ ...table, today: TODAY, clock: TODAY - 20 });
    expect([table.server.posted, periodsIn(desk)]).toEqual([[], []]);
  });

  it("of another's making are noticed and said", async () => {
    const table = await adminTable();
    const thief = await adminTable();
    await openDesk({ ...thief, today: TODAY });
    const place = `1:0:${NOW + 2}`;
    table.server.keys.set(place, thief.server.keys.get(place) ?? "");
    const desk = await openDesk({ ...table, today: TODAY });
    expect(overviewOf(desk.session).warnings).toContain("foreign-key");
  });

  it("come anew after a rotation, and the old ones stay for what was sealed to them", async () => {
    const table = await adminTable();
    const desk = await openDesk({ ...table, today: TODAY });
    await rotateAda(desk);
    await topUp(desk.session);
    const world = desk.session.world();
    expect([
      table.server.keys.has(`1:1:${NOW}`),
      world.messagingSeed(0, NOW) !== null,
      world.messagingSeed(1, NOW) !== null,
    ]).toEqual([true, true, true]);
  });
});

describe("the keys of closed periods", () => {
  const later = firstDayOf(NOW + 1) + 2;
  const absent = lastDayOf(NOW) + PLAIN_SETTINGS.longestAbsenceDays;

  it("are destroyed once everything is read and no slot is unopened", async () => {
    const table = await adminTable();
    await openDesk({ ...table, today: TODAY });
    table.server.closed.set(NOW, 0);
    const desk = await openDesk({ ...table, today: later });
    await settled();
    expect([periodsIn(desk)[0], destroyedPosts(table)]).toEqual([
      NOW + 1,
      [{ periods: [{ period: NOW, generation: 0 }] }],
    ]);
  });

  it("are destroyed after the longest absence, when the server has dropped key and slots and names the period no more", async () => {
    const table = await adminTable();
    await openDesk({ ...table, today: TODAY });
    const desk = await openDesk({ ...table, today: absent + 1 });
    await settled();
    expect([periodsIn(desk)[0], destroyedPosts(table)]).toEqual([NOW + 1, []]);
  });

  it("stay until then, whatever the server leaves out: another replica may not have closed the period yet", async () => {
    const table = await adminTable();
    await openDesk({ ...table, today: TODAY });
    const desk = await openDesk({ ...table, today: absent });
    await settled();
    expect(periodsIn(desk)[0]).toBe(NOW);
  });

  it("stay after the longest absence while the server names a slot of theirs", async () => {
    const table = await adminTable();
    await openDesk({ ...table, today: TODAY });
    table.server.closed.set(NOW, 1);
    const desk = await openDesk({ ...table, today: absent + 1 });
    await settled();
    expect(periodsIn(desk)[0]).toBe(NOW);
  });

  it("stay when only this browser's clock has come so far", async () => {
    const table = await adminTable();
    await openDesk({ ...table, today: TODAY });
    const desk = await openDesk({ ...table, today: TODAY, clock: absent + 1 });
    await settled();
    expect(periodsIn(desk)[0]).toBe(NOW);
  });

  it("stay while a letter sealed to them opens and cannot be kept yet", async () => {
    const table = await adminTable();
    const first = await openDesk({ ...table, today: TODAY });
    table.server.letters.push(letterTo(first, table));
    table.server.closed.set(NOW, 0);
    const desk = await openDesk({ ...table, today: later });
    await settled();
    expect([periodsIn(desk)[0], destroyedPosts(table)]).toEqual([NOW, []]);
  });

  it("stay while everything is being read", async () => {
    const table = await adminTable();
    await openDesk({ ...table, today: TODAY });
    table.server.closed.set(NOW, 0);
    const never = () => new Promise<void>(() => undefined);
    const desk = await openDesk({ ...table, today: later, readAll: never });
    await settled();
    expect(periodsIn(desk)[0]).toBe(NOW);
  });

  it("stay when reading failed", async () => {
    const table = await adminTable();
    await openDesk({ ...table, today: TODAY });
    table.server.closed.set(NOW, 0);
    const failing = () => Promise.reject(new Error("offline"));
    const desk = await openDesk({ ...table, today: later, readAll: failing });
    await settled();
    expect(periodsIn(desk)[0]).toBe(NOW);
  });

  it("stay while a slot is unopened", async () => {
    const table = await adminTable();
    await openDesk({ ...table, today: TODAY });
    table.server.closed.set(NOW, 1);
    const desk = await openDesk({ ...table, today: later });
    await settled();
    expect(periodsIn(desk)[0]).toBe(NOW);
  });

  it("stay when the server closes a period only after reading began", async () => {
    const table = await adminTable();
    await openDesk({ ...table, today: TODAY });
    const readAll = async () => {
      table.server.closed.set(NOW, 0);
    };
    const desk = await openDesk({ ...table, today: later, readAll });
    await settled();
    expect(periodsIn(desk)[0]).toBe(NOW);
  });

  it("stay when the server calls a period closed that has not ended by this clock", async () => {
    const table = await adminTable();
    await openDesk({ ...table, today: TODAY });
    table.server.closed.set(NOW, 0);
    const desk = await openDesk({ ...table, today: TODAY });
    await settled();
    expect(periodsIn(desk)[0]).toBe(NOW);
  });
});
