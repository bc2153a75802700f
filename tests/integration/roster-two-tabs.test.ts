import { afterAll, beforeAll, expect, it } from "vitest";
import { codeOf } from "../../src/browser/kit/code-error.ts";
import { findMember } from "../../src/protocol/public/roster.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { PASSPHRASE, type WorkerClient, workerClient } from "../support/worker-client.ts";
import { type Colleague, foundNewsroom } from "../support/worker-colleagues.ts";

/** One admin, two tabs; the second one has not heard of what the first has signed. */
let server: TestServer;
let ann: Colleague;
let other: WorkerClient;

beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server);
  other = workerClient(server);
  const factor = { totpCode: ann.code() };
  await other.account.logIn({ userName: ann.userName, passphrase: PASSPHRASE, factor });
  await other.keys.confirmRoster();
});
afterAll(() => server.stop());

const generation = (): number => findMember(other.session.world().roster, 1)?.generation ?? -1;

it("keys are not said to be void because another tab has just declared others void", async () => {
  await ann.client.keys.rotate({ members: [1] });
  const rotated = other.keys.rotate({ members: [1] });
  // The same list would have been signed once more, byte for byte, and counted as there.
  expect(await rotated.then(() => "done", codeOf)).toBe("roster-changed");
  expect(generation()).toBe(1);
  await other.keys.confirmRoster();
  await other.keys.rotate({ members: [1] });
  expect(generation()).toBe(2);
});

it("nor because the newer list arrives while the old one is being signed", async () => {
  await ann.client.session.world().refreshRoster();
  await ann.client.keys.confirmRoster();
  const before = generation();
  await ann.client.keys.rotate({ members: [1] });
  // What an open desk does each minute.
  const looked = other.session.world().refreshRoster();
  const rotated = other.keys.rotate({ members: [1] });
  expect(await rotated.then(() => "done", codeOf)).toBe("roster-changed");
  await looked;
  expect(generation()).toBe(before + 1);
});
