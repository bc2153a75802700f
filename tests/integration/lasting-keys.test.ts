import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { sendLetter, takeLetters } from "../../src/browser/newsroom/worker/letters.ts";
import { refresh } from "../../src/browser/newsroom/worker/open-world.ts";
import { rewrapAfterReading } from "../../src/browser/newsroom/worker/rewrapping.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  type Crash,
  foundNewsroom,
  openWorkerDesk,
  type Seat,
  tipTo,
  type WorkerDesk,
} from "../support/worker-desk.ts";

/** Bob renews his identity, static and archive key against a real server; Ann, an admin, signs them. */

let server: TestServer;
let ann: Seat;
let bob: Seat;
let anns: WorkerDesk;
/** All that Bob was ever sent. */
const sent: string[] = [];
beforeAll(async () => {
  server = await startTestServer();
  ({ ann, bob } = await foundNewsroom(server));
  anns = await openWorkerDesk(server, ann);
  await anns.client.keys.confirmRoster();
}, 60_000);
afterAll(() => server.stop());
/** A session ends after sixteen hours. */
beforeEach(() => server.moveSeconds(60));

const ANN = 1;
const BOB = 2;
const bobs = (crash: Crash | null = null) => openWorkerDesk(server, bob, crash);
const worldOf = (desk: WorkerDesk) => desk.client.session.world();
const recordIds = (desk: WorkerDesk) => worldOf(desk).records.ids();
const lastingIds = (desk: WorkerDesk) => recordIds(desk).filter((id) => /^(next|old):/.test(id));

const tip = async (text: string) => {
  const reached = await tipTo(server, [ANN, BOB], text);
  if (reached.includes(BOB)) sent.push(text);
  return reached;
};

const bothSeeTheSameWords = async (desk: WorkerDesk) => {
  const { change } = await desk.lasting.lastingKeys();
  const [row] = await anns.changes.keyChanges();
  expect(row?.words).toEqual(change?.words);
  expect(row).toMatchObject({ name: "Bob", memberNumber: BOB, me: false });
  return row?.words ?? [];
};

const ask = async (desk: WorkerDesk, stolen = false) => {
  await desk.lasting.renewLastingKeys({ stolen });
  return bothSeeTheSameWords(desk);
};

const approve = (words: readonly string[]) =>
  anns.changes.approveKeyChange({ memberNumber: BOB, words });

const finished = (desk: WorkerDesk) =>
  vi.waitFor(() => expect(desk.client.session.opened().renewal).toMatchObject({ finished: true }), {
    timeout: 60_000,
    interval: 20,
  });

const readsAll = (desk: WorkerDesk) => expect([...desk.lines()].sort()).toEqual([...sent].sort());

const archiveState = (desk: WorkerDesk) => worldOf(desk).api.call("archive", null);

describe("renewing one's lasting keys", { timeout: 90_000 }, () => {
  it("changes nothing before an admin has signed, and may be given up", async () => {
    const desk = await bobs();
    const before = worldOf(desk).entry;
    await ask(desk);
    expect(await tip("While the wish waits")).toEqual([ANN, BOB]);
    expect(await desk.lasting.dropKeyChange()).toBe(true);
    expect(lastingIds(desk)).toEqual([]);
    expect(await anns.changes.keyChanges()).toEqual([]);
    expect(worldOf(desk).entry.identity).toEqual(before.identity);
  });

  it("is gone on with in another browser, under the same words", async () => {
    const words = await ask(await bobs());
    const other = await bobs();
    expect((await other.lasting.lastingKeys()).change).toMatchObject({ state: "waiting", words });
    await other.lasting.renewLastingKeys({ stolen: true });
    expect(await bothSeeTheSameWords(other)).toEqual(words);
  });

  it("is not signed under other words than those compared", async () => {
    await expect(approve(["abandon"])).rejects.toMatchObject({ code: "words-changed" });
  });

  it("makes an open desk follow by itself, with everything readable and the old keys destroyed", async () => {
    const desk = await bobs();
    const before = worldOf(desk).own;
    await tip("Read before");
    await desk.library().lookNow();
    await approve(await bothSeeTheSameWords(desk));
    expect(await tip("Not to Bob yet")).toEqual([ANN]);
    expect(await refresh(desk.client.session)).toBe(true);
    expect(await tip("After the new keys")).toEqual([ANN, BOB]);
    await desk.library().lookNow();
    await rewrapAfterReading(desk.client.session);
    await finished(desk);
    readsAll(desk);
    const own = worldOf(desk).own;
    expect(own.staticPublic).not.toEqual(before.staticPublic);
    expect(own.archive.id).not.toEqual(before.archive.id);
    expect(lastingIds(desk)).toEqual([]);
    expect(await archiveState(desk)).toMatchObject({ keyId: own.archive.id, former: [] });
    const later = await bobs();
    readsAll(later);
    expect((await later.lasting.lastingKeys()).change).toBeNull();
  });

  it("waits for messages sealed to the old keys, opens them, and only then destroys those keys", async () => {
    const desk = await bobs();
    await ask(desk);
    // Nobody has looked since this came.
    await tip("Sealed to the keys before");
    await approve(await bothSeeTheSameWords(desk));
    await refresh(desk.client.session);
    await rewrapAfterReading(desk.client.session);
    expect(desk.client.session.opened().renewal).toMatchObject({ slots: 1, finished: false });
    expect(lastingIds(desk).length).toBe(2);
    await desk.library().lookNow();
    await rewrapAfterReading(desk.client.session);
    await finished(desk);
    readsAll(desk);
  });

  it("lets a second window, which knew nothing of it, store and read on", async () => {
    const first = await bobs();
    const second = await bobs();
    await approve(await ask(first));
    await refresh(first.client.session);
    await rewrapAfterReading(first.client.session);
    await finished(first);
    await tip("For both windows");
    await second.library().lookNow();
    expect(second.library().state().failed).toBeNull();
    await refresh(second.client.session);
    await second.library().lookNow();
    for (const desk of [second, await bobs()]) readsAll(desk);
  });

  it("is too late to give up once somebody has signed", async () => {
    const desk = await bobs();
    await approve(await ask(desk));
    expect(await desk.lasting.dropKeyChange()).toBe(false);
    await rewrapAfterReading(desk.client.session);
    await finished(desk);
    readsAll(desk);
  });

  it("waits for a letter sealed to the old keys until it is taken", async () => {
    const desk = await bobs();
    await sendLetter(worldOf(anns), BOB, { subject: "share", bytes: Uint8Array.of(7) });
    await approve(await ask(desk));
    let ready = false;
    const got: number[] = [];
    takeLetters(desk.client.session, "share", async (_world, { bytes }) => {
      if (ready) got.push(...bytes);
      return ready;
    });
    await refresh(desk.client.session);
    await rewrapAfterReading(desk.client.session);
    expect(desk.client.session.opened().renewal).toMatchObject({ letters: 1, finished: false });
    ready = true;
    await rewrapAfterReading(desk.client.session);
    await finished(desk);
    expect(got).toEqual([7]);
  });

  it("keeps what was removed removed", async () => {
    const { removeCopy } = await import("../../src/browser/newsroom/worker/removing.ts");
    const desk = await bobs();
    const [newest] = desk.library().book.newestFirst();
    sent.splice(sent.indexOf(newest?.messages[0]?.opened?.firstLine ?? ""), 1);
    await removeCopy(desk.library(), newest?.messages ?? []);
    await approve(await ask(desk));
    await refresh(desk.client.session);
    await rewrapAfterReading(desk.client.session);
    await finished(desk);
    readsAll(await bobs());
  });

  it("keeps what is for this reader, but broken, known as that", async () => {
    await tip("Nobody will read this");
    sent.splice(-1, 1, "broken");
    await server.pool.query(
      `UPDATE slot SET bytes = set_byte(bytes, 1215, get_byte(bytes, 1215) # 1)
       WHERE member_number = ${BOB} AND arrival = (SELECT max(arrival) FROM message)`,
    );
    const desk = await bobs();
    await approve(await ask(desk));
    await refresh(desk.client.session);
    await finished(desk);
    readsAll(await bobs());
  });

  it("shows an admin no words for a wish that the server has changed, and signs nothing", async () => {
    const desk = await bobs();
    const words = await ask(desk);
    await server.pool.query(
      "UPDATE key_change SET statement = set_byte(statement, 80, get_byte(statement, 80) # 1)",
    );
    expect(await anns.changes.keyChanges()).toMatchObject([{ memberNumber: BOB, words: null }]);
    await expect(approve(words)).rejects.toMatchObject({ code: "words-changed" });
    expect((await desk.lasting.lastingKeys()).change?.state).toBe("made");
    await expect(desk.lasting.renewLastingKeys({ stolen: false })).rejects.toMatchObject({
      code: "key-exists",
    });
    expect(await desk.lasting.dropKeyChange()).toBe(true);
  });

  it("shows a wish in one's own name that one's vault does not know", async () => {
    const desk = await bobs();
    await ask(desk);
    const next = recordIds(desk).filter((id) => id.startsWith("next:"));
    await worldOf(desk).records.change(() => ({ remove: next }));
    const { change } = await desk.lasting.lastingKeys();
    expect(change).toEqual({ state: "foreign", stolen: false, words: [] });
    expect(await desk.lasting.dropKeyChange()).toBe(true);
    expect((await desk.lasting.lastingKeys()).change).toBeNull();
  });
});

const CRASHES: readonly Crash[] = [
  { method: "POST", path: "/api/vault", when: "before" },
  { method: "POST", path: "/api/vault", when: "after" },
  { method: "GET", path: "/api/archive", when: "before" },
  { method: "POST", path: "/api/archive", when: "before" },
  { method: "POST", path: "/api/archive", when: "after" },
  { method: "POST", path: "/api/messaging-keys", when: "before" },
  { method: "POST", path: "/api/messaging-keys", when: "after" },
  { method: "POST", path: "/api/archive/wraps", when: "before" },
  { method: "POST", path: "/api/archive/wraps", when: "after" },
  { method: "POST", path: "/api/archive/destroyed", when: "before" },
  { method: "POST", path: "/api/archive/destroyed", when: "after" },
];

describe("a browser closed half-way", { timeout: 90_000 }, () => {
  it.each(CRASHES)("$when $method $path loses nothing, and another one goes on", async (crash) => {
    const desk = await bobs();
    await approve(await ask(desk));
    const closed = await bobs(crash).catch(() => null);
    if (closed !== null) {
      await vi.waitFor(() => expect(closed.crashed()).toBe(true), { timeout: 60_000 });
    }
    const other = await bobs();
    await finished(other);
    readsAll(other);
    expect(lastingIds(other)).toEqual([]);
    expect(await archiveState(other)).toMatchObject({ former: [] });
    const { when, method, path } = crash;
    expect(await tip(`${when} ${method} ${path}`)).toEqual([ANN, BOB]);
  });
});

describe("old keys in other hands", { timeout: 60_000 }, () => {
  it("are stolen in the list, all that there were, and what was sent to them stays readable", async () => {
    const desk = await bobs();
    await approve(await ask(desk, true));
    await refresh(desk.client.session);
    await rewrapAfterReading(desk.client.session);
    await finished(desk);
    const { roster } = worldOf(desk);
    const states = roster.entries.filter(({ memberNumber }) => memberNumber === BOB);
    expect(new Set(states.map(({ state }) => state))).toEqual(new Set(["stolen", "current"]));
    readsAll(desk);
    const [annRow, bobRow, ...more] = await anns.people.members();
    expect([annRow?.name, bobRow?.state, more.length]).toEqual(["Ann", "current", 0]);
  });
});

describe("an admin alone", { timeout: 60_000 }, () => {
  it("signs their own new keys, and goes on signing", async () => {
    await anns.library().lookNow();
    await anns.lasting.renewLastingKeys({ stolen: false });
    const [row] = await anns.changes.keyChanges();
    expect(row?.me).toBe(true);
    await anns.changes.approveKeyChange({ memberNumber: 1, words: row?.words ?? [] });
    await rewrapAfterReading(anns.client.session);
    await finished(anns);
    await anns.client.keys.renewRoster();
    expect(await tipTo(server, [1], "To Ann")).toEqual([1]);
  });
});
