import { afterAll, beforeAll, expect, it } from "vitest";
import { holdersOf, takeKeyLetter } from "../../src/browser/newsroom/worker/key-holders.ts";
import { sendLetter } from "../../src/browser/newsroom/worker/letters.ts";
import { newsroomSeed } from "../../src/browser/newsroom/worker/newsroom-key.ts";
import { rightsFunctions } from "../../src/browser/newsroom/worker/rights.ts";
import { encodeKeyLetter, type KeyHolder } from "../../src/protocol/secret/key-letter.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { logInAt, type WorkerClient, workerClient } from "../support/worker-client.ts";
import { type Colleague, enrol, foundNewsroom } from "../support/worker-colleagues.ts";

/** An admin's browser may be in other hands: what its key letter says of holders goes into colleagues' vaults. */
let server: TestServer;
let ann: Colleague;
let bob: Colleague;
beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server);
  bob = await enrol(server, ann, "Bob");
  await enrol(server, ann, "Cem");
}, 120_000);
afterAll(() => server?.stop());

const enter = (who: Colleague): Promise<WorkerClient> => {
  const client = workerClient(server);
  rightsFunctions(client.session);
  return logInAt(client, who);
};

const numbersOf = ({ session }: WorkerClient): readonly number[] =>
  holdersOf(session.world()).map(({ memberNumber }) => memberNumber);

const keyLetter = (holders: readonly KeyHolder[]): Uint8Array => {
  const seed = newsroomSeed(ann.world());
  if (seed === null) throw new Error("no key");
  return encodeKeyLetter({ seed, holders });
};

it("a key letter with thousands of made-up holders brings the key, and of them nobody that is not on the list of journalists", async () => {
  const holders = Array.from({ length: 9_000 }, (_, at) => ({ memberNumber: at + 1, changes: 1 }));
  await sendLetter(ann.world(), 2, { subject: "newsroom-key", bytes: keyLetter(holders) });
  const desk = await enter(bob);
  expect(newsroomSeed(desk.session.world())).not.toBeNull();
  expect(numbersOf(desk)).toEqual([1, 2, 3]);
});

it("a holder whom the list names only since a moment ago is taken", async () => {
  const desk = await enter(bob);
  await enrol(server, ann, "Dee");
  const holders = [1, 2, 4].map((memberNumber) => ({ memberNumber, changes: 1 }));
  await takeKeyLetter(desk.session, { from: 1, bytes: keyLetter(holders) });
  expect(numbersOf(desk)).toContain(4);
});
