import { afterAll, beforeAll, expect, it } from "vitest";
import { collectLetters } from "../../src/browser/newsroom/worker/letters.ts";
import { recoveryFunctions } from "../../src/browser/newsroom/worker/recovery.ts";
import type { SharedWords } from "../../src/protocol/secret/word-share.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { logInAt, workerClient } from "../support/worker-client.ts";
import { type Colleague, enrol, foundNewsroom, withNothing } from "../support/worker-colleagues.ts";

/** Ann's words lie with Bob and Cem. Whoever has two desks open takes a letter in at either, and the other has not read of it. */
let server: TestServer;
let ann: Colleague;
let bob: Colleague;
let cem: Colleague;
const none = { progress: () => undefined, transfer: () => undefined };
beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server);
  bob = await enrol(server, ann, "Bob");
  cem = await enrol(server, ann, "Cem");
}, 120_000);
afterAll(() => server?.stop());

/** Opened before something happens at the first one. */
const secondDesk = async (who: Colleague) => {
  const { account, session } = workerClient(server);
  const recovery = recoveryFunctions(session);
  await logInAt({ account }, who);
  return { recovery, takeLetters: () => collectLetters(session) };
};

const holdersTake = async (): Promise<void> => {
  for (const one of [bob, cem]) await one.takeLetters();
};

const share = async (words: SharedWords): Promise<void> => {
  const typed = words === "recovery" ? ann.words : ann.newsroomWords;
  await ann.recovery.makeShares({ words, typed, needed: 2, holders: [2, 3] }, none);
  await holdersTake();
};

const statesOf = async (): Promise<readonly string[]> => {
  const { sets } = await ann.recovery.recoveryPage();
  return sets.flatMap(({ holders }) => holders.map(({ name, state }) => `${name} ${state}`));
};

it("a share that one desk of its holder keeps is proven also by the other", async () => {
  const bobs = await secondDesk(bob);
  await share("recovery");
  await ann.recovery.rehearse({ words: "recovery" });
  await bobs.takeLetters();
  await cem.takeLetters();
  expect(await statesOf()).toEqual(["Bob right", "Cem right"]);
});

it("a proof that the owner's other desk takes in counts, and the page shows it", async () => {
  const anns = await secondDesk(ann);
  await ann.recovery.rehearse({ words: "recovery" });
  await holdersTake();
  await anns.takeLetters();
  expect(await statesOf()).toEqual(["Bob right", "Cem right"]);
});

it("who has lost everything is helped at either desk of a holder", async () => {
  const bobs = await secondDesk(bob);
  await share("recovery");
  const { lost } = withNothing(server);
  const words = await lost.askColleagues({ userName: ann.userName });
  const requests = await bobs.recovery.recoveryRequests();
  expect(requests.map(({ name }) => name)).toEqual(["Ann"]);
  await bobs.recovery.giveShare({ id: requests[0]?.id ?? new Uint8Array(), words });
  expect((await lost.lookForShares()).names).toEqual(["Bob"]);
});

it("a share that one desk of its holder keeps is thrown away also by the other", async () => {
  const bobs = await secondDesk(bob);
  await share("recovery");
  await ann.recovery.dropShares({ words: "recovery" });
  await bobs.takeLetters();
  expect((await bob.recovery.recoveryPage()).held).toEqual([]);
});

it("newsroom words are collected whichever desk takes the shares in", async () => {
  const anns = await secondDesk(ann);
  await share("newsroom");
  await ann.recovery.collectNewsroomWords();
  await holdersTake();
  for (const { recovery } of [bob, cem]) await recovery.giveBack({ memberNumber: 1 });
  await anns.takeLetters();
  const { collected } = await ann.recovery.recoveryPage();
  expect(collected?.words?.join(" ")).toBe(ann.newsroomWords);
});

it("a share that comes when the other desk has ended collecting is not kept", async () => {
  const anns = await secondDesk(ann);
  await ann.recovery.endCollecting();
  await cem.recovery.giveBack({ memberNumber: 1 });
  await anns.takeLetters();
  const { records } = ann.world();
  await records.reload();
  expect(records.ids().filter((id) => id.startsWith("share-back"))).toEqual([]);
});
