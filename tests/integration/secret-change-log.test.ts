import { afterAll, beforeAll, expect, it } from "vitest";
import { openCheckpoint, parseVerifierKey } from "../../src/protocol/public/log-checkpoint.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  logInAt,
  type SetUpAccount,
  setUpByWorker,
  workerClient,
} from "../support/worker-client.ts";
import { sodium } from "../vectors/backends.ts";

/** The key log outlives the server's secret: members' browsers hold its key, and another one is a finding. */
const NEW = "n".repeat(40);

let server: TestServer;
let ann: SetUpAccount;
beforeAll(async () => {
  server = await startTestServer();
  ann = await setUpByWorker(server);
});
afterAll(() => server.stop());

const ask = (path: string) => fetch(`${server.source}/api/log/${path}`);
const keyLine = async () => (await (await ask("key")).text()).trim();
const headUnder = async (key: string) => {
  const checkpoint = new Uint8Array(await (await ask("checkpoint")).arrayBuffer());
  return openCheckpoint(sodium, checkpoint, parseVerifierKey(sodium, key));
};
const look = async (client = ann.client) => {
  const { findings, looked } = await client.log.lookAtLog();
  return { findings, size: looked?.size };
};

it("under the new secret alone, checkpoints verify under the same key and no desk finds anything", async () => {
  const key = await keyLine();
  const head = await headUnder(key);
  const nothing = { findings: [], size: head.size };
  expect(await look()).toEqual(nothing);
  const both = { secret: NEW, secretPrevious: server.config.secret, secretNext: null };
  await server.startAnew(both);
  // Moves this browser's session, too.
  expect(await look()).toEqual(nothing);
  expect(await server.secretChange.run()).toMatchObject({ moved: 2, unreadable: 0 });
  await server.startAnew({ ...both, secretPrevious: null });
  expect(await keyLine()).toBe(key);
  expect(await headUnder(key)).toEqual(head);
  const elsewhere = await logInAt(workerClient(server), ann);
  expect([await look(), await look(elsewhere)]).toEqual([nothing, nothing]);
});
