import { afterAll, beforeAll, expect, it } from "vitest";
import { newsroomSeed } from "../../src/browser/newsroom/worker/newsroom-key.ts";
import { rightsFunctions } from "../../src/browser/newsroom/worker/rights.ts";
import { paperStore } from "../support/paper-staff.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { logInAt, type WorkerClient, workerClient } from "../support/worker-client.ts";
import { type Colleague, enrol, foundNewsroom } from "../support/worker-colleagues.ts";

/** Bob was an admin and still holds the newsroom's key: nobody but he can take it out of his vault. */
let server: TestServer;
let ann: Colleague;
let bob: Colleague;
const stores = { Ann: paperStore(), Bob: paperStore() };
beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server, "Ann", { store: stores.Ann });
  bob = await enrol(server, ann, "Bob", { store: stores.Bob });
  const [rights] = [ann, bob].map(({ client }) => rightsFunctions(client.session));
  const { memberNumber } = bob.world();
  await rights?.makeAdmin({ memberNumber });
  await bob.takeLetters();
  await rights?.takeRights({ memberNumber });
}, 120_000);
afterAll(() => server?.stop());

const enter = (who: Colleague): Promise<WorkerClient> =>
  logInAt(workerClient(server, { store: stores[who.name as keyof typeof stores] }), who);
const listOf = ({ session }: WorkerClient): number => session.world().roster.number;

it("who may sign no more comes in also when the list is due to be renewed, and an admin renews it", async () => {
  const there = await enter(bob);
  expect(newsroomSeed(there.session.world())).not.toBeNull();
  await there.keys.confirmRoster();
  const before = listOf(there);
  server.moveDays(28);
  const due = await enter(bob);
  await due.keys.confirmRoster();
  expect(listOf(due)).toBe(before);
  expect(listOf(await enter(ann))).toBe(before + 1);
  expect(listOf(await enter(bob))).toBe(before + 1);
});
