import { afterAll, beforeAll, expect, it } from "vitest";
import { collectLetters } from "../../src/browser/newsroom/worker/letters.ts";
import { deskRooms } from "../../src/browser/newsroom/worker/rooms.ts";
import { openQuickSource } from "../support/quick-source.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { PASSPHRASE, type WorkerClientOptions, workerSession } from "../support/worker-client.ts";
import { type Colleague, enrol, foundNewsroom } from "../support/worker-colleagues.ts";
import { deskClock } from "../support/worker-desk.ts";

/** A tip that is shared before the colleague's open desk has looked for what is new: the letter is there first. */
let server: TestServer;
let ann: Colleague;
let ben: Colleague;
beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server);
  ben = await enrol(server, ann, "Ben");
}, 120_000);
afterAll(() => server?.stop());

const WHOLE = { page: 0, filter: "all", find: "", opened: null } as const;
const QUIETLY = { progress: () => undefined, transfer: () => undefined };

const deskOf = async ({ userName, code }: Colleague, options: WorkerClientOptions = {}) => {
  const session = workerSession(server, options, { cookie: "" });
  const rooms = deskRooms(
    session,
    deskClock(() => false),
  );
  await rooms.logIn({ userName, passphrase: PASSPHRASE, factor: { totpCode: code() } });
  await session.readAll;
  const read = () => rooms.inboxPage(WHOLE).rows.map(({ firstLine }) => firstLine);
  return { session, rooms, read };
};

const tipToAnn = async (text: string): Promise<void> => {
  const source = await openQuickSource(server.source, server.world.now().getTime());
  await source.send({ text, to: ["Ann"] });
};

const annShares = async (): Promise<void> => {
  const { rooms } = await deskOf(ann);
  const [newest] = rooms.inboxPage(WHOLE).rows;
  if (newest === undefined) throw new Error("no tip");
  const input = { mailboxes: [newest.mailbox], to: [2], leaveBehind: true };
  expect((await rooms.share(input, QUIETLY)).shared).toBe(1);
};

it("is taken though the desk has not listed it yet", async () => {
  const bens = await deskOf(ben);
  await tipToAnn("Passed on at once");
  await annShares();
  expect(await collectLetters(bens.session)).toEqual([]);
  expect(bens.read()).toEqual(["Passed on at once"]);
  expect((await deskOf(ben)).read()).toEqual(["Passed on at once"]);
});

it("is not given up because the line breaks at that look", async () => {
  let isBroken = false;
  const bens = await deskOf(ben, {
    before: (path) => {
      if (isBroken && path.startsWith("/api/messages/after")) throw new Error("the line broke");
    },
  });
  await tipToAnn("Passed on, too");
  await annShares();
  isBroken = true;
  expect(await collectLetters(bens.session)).toHaveLength(1);
  expect(bens.read()).toEqual(["Passed on at once"]);
  isBroken = false;
  expect(await collectLetters(bens.session)).toEqual([]);
  expect(bens.read()).toContain("Passed on, too");
});
