import { afterAll, beforeAll, expect, it } from "vitest";
import { paperStore } from "../support/paper-staff.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  logInAt,
  type WorkerClient,
  type WorkerClientOptions,
  workerClient,
} from "../support/worker-client.ts";
import { type Colleague, foundNewsroom } from "../support/worker-colleagues.ts";

/** One member with two desks open: what one has saved, the other has not read yet. */
let server: TestServer;
let ann: Colleague;
const store = paperStore();
beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server, "Ann", { store });
}, 120_000);
afterAll(() => server?.stop());

const secondDesk = (who: Colleague, options: WorkerClientOptions = {}): Promise<WorkerClient> =>
  logInAt(workerClient(server, options), who);

const kindsAt = async ({ log }: WorkerClient): Promise<readonly string[]> =>
  (await log.lookAtLog()).findings.map(({ kind }) => kind);

it("a vault that another desk of this browser saved, and was closed before it said so, was not set back", async () => {
  let closed = false;
  const before = (path: string, method?: string): void => {
    if (closed && path === "/api/log/seen" && method === "POST") throw new TypeError("closed");
  };
  const second = await secondDesk(ann, { store, before });
  await kindsAt(second);
  expect(await kindsAt(ann.client)).toEqual([]);
  const { records } = second.session.world();
  await records.change(() => ({ put: new Map([["anything", new Uint8Array(9)]]) }));
  closed = true;
  await kindsAt(second);
  expect(ann.world().records.version()).toBeLessThan(records.version());
  expect(await kindsAt(ann.client)).toEqual([]);
});
