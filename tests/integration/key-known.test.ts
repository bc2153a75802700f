import { afterAll, beforeAll, expect, it } from "vitest";
import { collectLetters } from "../../src/browser/newsroom/worker/letters.ts";
import { rightsFunctions } from "../../src/browser/newsroom/worker/rights.ts";
import { rotatingFunctions } from "../../src/browser/newsroom/worker/rotating.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { logInAt, type WorkerClient, workerClient } from "../support/worker-client.ts";
import { type Colleague, enrol, foundNewsroom } from "../support/worker-colleagues.ts";

/** Three admins, of whom one is retired: who is left sees in every browser that the newsroom's key must be changed, until it is. */
let server: TestServer;
let ann: Colleague;
let bob: Colleague;
let cem: Colleague;
beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server);
  bob = await enrol(server, ann, "Bob");
  cem = await enrol(server, ann, "Cem");
  for (const one of [bob, cem]) {
    const { memberNumber } = one.world();
    await rightsFunctions(ann.client.session).makeAdmin({ memberNumber });
    await one.takeLetters();
  }
  for (const one of [ann, bob]) await one.takeLetters();
}, 120_000);
afterAll(() => server?.stop());

const anew = async (who: Colleague): Promise<WorkerClient> => {
  const client = workerClient(server);
  rightsFunctions(client.session);
  return logInAt(client, who);
};

const isWarned = ({ keys }: WorkerClient): boolean =>
  keys.overview().warnings.includes("newsroom-key-known");

/** At the desk that was open all the time, and in a browser of somebody who comes now. */
const areWarned = async (): Promise<readonly boolean[]> => {
  for (const one of [ann, cem]) {
    await one.world().refreshRoster();
    await one.takeLetters();
  }
  const clients = [ann.client, await anew(ann), cem.client, await anew(cem)];
  return clients.map(isWarned);
};

it("stands at every desk of every admin from the retirement on, and after it is changed at none", async () => {
  expect(await areWarned()).toEqual([false, false, false, false]);
  await ann.people.retire({ memberNumber: bob.world().memberNumber, stolen: false });
  expect(await areWarned()).toEqual([true, true, true, true]);
  const rotating = rotatingFunctions(ann.client.session);
  await rotating.startRotation({ words: ann.newsroomWords, stolen: false });
  await rotating.finishRotation();
  await collectLetters(cem.client.session);
  expect(await areWarned()).toEqual([false, false, false, false]);
});
