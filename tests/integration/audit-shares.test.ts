import { afterAll, beforeAll, expect, it } from "vitest";
import { linesOf } from "../support/audit.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { createClient } from "../support/staff.ts";
import { type Colleague, enrol, foundNewsroom, withNothing } from "../support/worker-colleagues.ts";

/** Shares of words and hand-overs, as the audit trail tells of them to Ann, an admin. Bob is number 2, Cem is 3. */
let server: TestServer;
let ann: Colleague;
let bob: Colleague;
let cem: Colleague;
beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server);
  bob = await enrol(server, ann, "Bob");
  cem = await enrol(server, ann, "Cem");
  // Cem came after Bob's desk had opened.
  await bob.world().refreshRoster();
}, 120_000);
afterAll(() => server.stop());

const lines = (deed: () => Promise<unknown>) => {
  const { newsroomId } = ann.world();
  return linesOf({ client: createClient(server, ann.client.cookie), newsroomId }, deed);
};
const none = { progress: () => undefined, transfer: () => undefined };
const everybodyTakes = async () => {
  for (const one of [ann, bob, cem]) await one.takeLetters();
};
const lose = async (userName: string) => {
  server.moveSeconds(61);
  const { lost } = withNothing(server);
  return { lost, words: await lost.askColleagues({ userName }) };
};
const onlyRequest = async (of: Colleague) => {
  const [request] = await of.recovery.recoveryRequests();
  return request?.id ?? new Uint8Array();
};

it("shares of words are a line when they are made and when they are given up", async () => {
  const { makeShares, dropShares } = ann.recovery;
  const anns = { words: "newsroom", typed: ann.newsroomWords, needed: 2, holders: [2, 3] } as const;
  expect(await lines(() => makeShares(anns, none))).toEqual(["newsroom-shares-made 1  2 2"]);
  const bobs = { words: "recovery", typed: bob.words, needed: 2, holders: [1, 3] } as const;
  expect(await lines(() => bob.recovery.makeShares(bobs, none))).toEqual([
    "recovery-shares-made 2  2 2",
  ]);
  expect(await lines(everybodyTakes)).toEqual([]);
  const drop = () => dropShares({ words: "newsroom" });
  expect(await lines(drop)).toEqual(["shares-dropped 1 "]);
  expect(await lines(drop)).toEqual([]);
});

it("a share given to whoever has lost everything is a line once, and asking for one is none", async () => {
  let words: readonly string[] = [];
  expect(
    await lines(async () => {
      ({ words } = await lose("bob"));
    }),
  ).toEqual([]);
  const id = await onlyRequest(cem);
  const give = () => cem.recovery.giveShare({ id, words });
  expect(await lines(give)).toEqual(["recovery-share-given 3 2"]);
  expect(await lines(give)).toEqual([]);
});

it("a request that an admin deletes is a line once, and one that its maker takes back is none", async () => {
  const id = await onlyRequest(ann);
  const drop = () => ann.recovery.dropRequest({ id });
  expect(await lines(drop)).toEqual(["recovery-request-dropped 1 2"]);
  expect(await lines(drop)).toEqual([]);
  const { lost } = await lose("bob");
  expect(await lines(() => lost.withdrawRequest())).toEqual([]);
});

it("a hand-over is a line when it is asked for and when it is over, whoever ends it", async () => {
  const asking = { id: "3" };
  const ask = () => ann.world().api.call("askHandover", null, asking);
  const end = (by: Colleague) => () => by.world().api.call("endHandover", null, asking);
  expect(await lines(ask)).toEqual(["handover-asked 1 3"]);
  expect(await lines(ask)).toEqual([]);
  expect(await lines(end(cem))).toEqual(["handover-ended 3 3"]);
  expect(await lines(end(cem))).toEqual([]);
  await ask();
  expect(await lines(end(ann))).toEqual(["handover-ended 1 3"]);
});
