import { afterAll, beforeEach, expect, it } from "vitest";
import { newsroomSeed } from "../../src/browser/newsroom/worker/newsroom-key.ts";
import { rightsFunctions } from "../../src/browser/newsroom/worker/rights.ts";
import { rotatingFunctions } from "../../src/browser/newsroom/worker/rotating.ts";
import { paperStore } from "../support/paper-staff.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { startAgain } from "../support/staff.ts";
import { logInAt, type WorkerClient, workerClient } from "../support/worker-client.ts";
import { type Colleague, enrol, foundNewsroom } from "../support/worker-colleagues.ts";

/** Ann rotates the newsroom's key and the line breaks, before the server has heard of it or after: the new key must not get lost. */
let base: TestServer | null = null;
let server: TestServer;
let store: ReturnType<typeof paperStore>;
let ann: Colleague;
let bob: Colleague;
let line: "whole" | "broken before" | "broken after" = "whole";

beforeEach(async () => {
  base ??= await startTestServer();
  server = await startAgain(base);
  store = paperStore();
  ann = await foundNewsroom(server, "Ann", {
    store,
    before: (path) => {
      if (line === "broken before" && path.includes("rotate")) throw new Error("the line broke");
    },
    after: (path) => {
      // Once the answer is lost the next ones are as well: nothing asks again at once.
      if (line === "broken after" && path.includes("rotate")) throw new Error("the line broke");
    },
  });
  bob = await enrol(server, ann, "Bob");
  rights.bob = rightsFunctions(bob.client.session);
  await rightsFunctions(ann.client.session).makeAdmin({ memberNumber: 2 });
  await bob.takeLetters();
  for (const { client } of [ann, bob]) await client.keys.confirmRoster();
}, 120_000);
afterAll(() => base?.stop());
const rights: { bob: ReturnType<typeof rightsFunctions> | null } = { bob: null };

const holds = ({ session }: WorkerClient): boolean => newsroomSeed(session.world()) !== null;
const warned = ({ keys }: WorkerClient) => keys.overview().warnings;
const another = (): Promise<WorkerClient> => logInAt(workerClient(server, { store }), ann);

/** Answers the words of the next sheet. */
const breaksOff = async (where: typeof line): Promise<readonly string[]> => {
  const rotating = rotatingFunctions(ann.client.session);
  const next = await rotating.startRotation({ words: ann.newsroomWords, stolen: false });
  const { chain } = ann.client.session.opened();
  const { fetchNewer } = chain;
  line = where;
  if (where === "broken after") {
    Object.assign(chain, { fetchNewer: () => Promise.reject(new Error("the line broke")) });
  }
  await expect(rotating.finishRotation()).rejects.toThrow();
  Object.assign(chain, { fetchNewer });
  line = "whole";
  return next;
};

it("stored while its answer was lost, it is taken by the open desk as soon as the list has come", async () => {
  await breaksOff("broken after");
  expect(holds(ann.client)).toBe(true);
  await ann.world().refreshRoster();
  expect(holds(ann.client)).toBe(true);
  expect(warned(ann.client)).not.toContain("newsroom-key-missing");
  expect(rotatingFunctions(ann.client.session).newsroomKeyState().pending).toBeNull();
});

it("does not take the place of a key that a colleague has made since", async () => {
  const next = await breaksOff("broken after");
  await bob.world().refreshRoster();
  await bob.client.keys.confirmRoster();
  const rotating = rotatingFunctions(bob.client.session);
  await rotating.startRotation({ words: next.join(" "), stolen: true });
  await rotating.finishRotation();
  await rights.bob?.makeAdmin({ memberNumber: 1 });
  await ann.world().refreshRoster();
  await ann.takeLetters();
  expect(holds(ann.client)).toBe(true);
  const again = await another();
  expect(holds(again)).toBe(true);
  expect(warned(again)).not.toContain("newsroom-key-missing");
});

it("forgotten at another desk and gone on with here, it leaves its key in the vault", async () => {
  await breaksOff("broken before");
  const second = await another();
  await rotatingFunctions(second.session).forgetRotation();
  await rotatingFunctions(ann.client.session).resumeRotation();
  expect(holds(ann.client)).toBe(true);
  expect(holds(await another())).toBe(true);
});

it("settled at two desks, it leaves what the first one has changed since", async () => {
  await breaksOff("broken after");
  const second = await another();
  expect(holds(second)).toBe(true);
  await rightsFunctions(second.session).takeRights({ memberNumber: 2 });
  await ann.world().refreshRoster();
  const receivers = await rotatingFunctions(ann.client.session).rotationReceivers();
  expect(receivers).toEqual([]);
  expect(warned(ann.client)).toContain("newsroom-key-known");
});
