import { afterAll, beforeAll, expect, it } from "vitest";
import { offersKey, offersStepDown } from "../../src/browser/newsroom/people/rights.ts";
import { collectLetters } from "../../src/browser/newsroom/worker/letters.ts";
import { newsroomSeed } from "../../src/browser/newsroom/worker/newsroom-key.ts";
import { peopleFunctions } from "../../src/browser/newsroom/worker/people.ts";
import { rightsFunctions } from "../../src/browser/newsroom/worker/rights.ts";
import { paperStore } from "../support/paper-staff.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { logInAt, type WorkerClient, workerClient } from "../support/worker-client.ts";
import { type Colleague, enrol, foundNewsroom } from "../support/worker-colleagues.ts";

/** Bob was made an admin and stayed away until the server had dropped the letter with the key. Each test goes on from the one before. */
let server: TestServer;
let ann: Colleague;
let bob: Colleague;
let annsDesk: WorkerClient;
let bobsDesk: WorkerClient;
const stores = { Ann: paperStore(), Bob: paperStore() };
let isFull = false;

/** One who has sent thousands of letters that nobody has collected may send no more. */
const full = (): Response => new Response(JSON.stringify({ error: "no-room" }), { status: 507 });

const enter = (who: Colleague): Promise<WorkerClient> => {
  const client = workerClient(server, {
    store: stores[who.name as keyof typeof stores],
    line: async ({ path }, ask) => (isFull && path === "/api/letters" ? full() : ask()),
  });
  rightsFunctions(client.session);
  return logInAt(client, who);
};

const holdsKey = ({ session }: WorkerClient): boolean => newsroomSeed(session.world()) !== null;

/** As Ann's page of people shows them. */
const rowOf = async (name: string) => {
  const rows = await peopleFunctions(annsDesk.session).members();
  const row = rows.find((one) => one.name === name);
  if (row === undefined) throw new Error("nobody of that name");
  return row;
};

const stepDown = (): Promise<void> => rightsFunctions(annsDesk.session).stepDown();

beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server, "Ann", { store: stores.Ann });
  bob = await enrol(server, ann, "Bob", { store: stores.Bob });
  await rightsFunctions(ann.client.session).makeAdmin({ memberNumber: bob.world().memberNumber });
  for (const days of [28, 28, 28, 10]) {
    server.moveDays(days);
    await server.runJobs();
    annsDesk = await enter(ann);
  }
}, 120_000);
afterAll(() => server?.stop());

it("nobody steps down as long as no other admin can be sent the key, and their rights stay as they were", async () => {
  await expect(stepDown()).rejects.toMatchObject({ code: "key-not-collected" });
  expect([(await rowOf("Ann")).role, holdsKey(annsDesk)]).toEqual(["admin", true]);
});

it("an admin who comes back without the key is sent it again from the page of people", async () => {
  bobsDesk = await enter(bob);
  expect([holdsKey(bobsDesk), bobsDesk.keys.overview().warnings]).toEqual([
    false,
    expect.arrayContaining(["newsroom-key-missing"]),
  ]);
  expect(offersKey(await rowOf("Bob"))).toBe(true);
  await rightsFunctions(annsDesk.session).makeAdmin({ memberNumber: 2 });
  await collectLetters(bobsDesk.session);
  expect(holdsKey(bobsDesk)).toBe(true);
});

it("the key stays in the vault of whoever steps down until another admin has been sent it with the news", async () => {
  isFull = true;
  await expect(stepDown()).rejects.toMatchObject({ code: "key-not-collected" });
  expect(holdsKey(annsDesk)).toBe(true);
});

it("stepping down that was broken off is done by pressing again, also at a desk opened anew", async () => {
  isFull = false;
  annsDesk = await enter(ann);
  await collectLetters(bobsDesk.session);
  const row = await rowOf("Ann");
  expect([row.role, offersStepDown(row)]).toEqual(["journalist", true]);
  await stepDown();
  expect([holdsKey(annsDesk), holdsKey(bobsDesk)]).toEqual([false, true]);
  expect(offersStepDown(await rowOf("Ann"))).toBe(false);
});
