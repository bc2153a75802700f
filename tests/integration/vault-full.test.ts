import { afterAll, beforeAll, expect, it } from "vitest";
import { rightsFunctions } from "../../src/browser/newsroom/worker/rights.ts";
import { staffLimits } from "../../src/protocol/public/staff-api.ts";
import { paperStore } from "../support/paper-staff.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { PASSPHRASE, type WorkerClient, workerClient } from "../support/worker-client.ts";
import { type Colleague, enrol, foundNewsroom } from "../support/worker-colleagues.ts";

/** A vault takes a certain number of records. What finds no room in a full one must not keep its owner out of the desk that makes room. */
let server: TestServer;
let ann: Colleague;
let bob: Colleague;
const stores = { Ann: paperStore(), Bob: paperStore() };

const enter = async ({ name, userName, code }: Colleague): Promise<WorkerClient> => {
  const client = workerClient(server, { store: stores[name as keyof typeof stores] });
  rightsFunctions(client.session);
  await client.account.logIn({ userName, passphrase: PASSPHRASE, factor: { totpCode: code() } });
  return client;
};

const FILLING = "filling:";
const fill = async ({ session }: WorkerClient): Promise<void> => {
  const { records } = session.world();
  const length = staffLimits.vaultRecords - records.ids().length;
  const ids = Array.from({ length }, (_, at) => `${FILLING}${at}`);
  await records.change(() => ({ put: new Map(ids.map((id) => [id, new Uint8Array(32)])) }));
};
const makeRoom = ({ session }: WorkerClient): Promise<void> =>
  session.world().records.change((records) => ({
    remove: [...records.keys()].filter((id) => id.startsWith(FILLING)),
  }));

beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server, "Ann", { store: stores.Ann });
  bob = await enrol(server, ann, "Bob", { store: stores.Bob });
}, 120_000);
afterAll(() => server?.stop());

it("the desk opens when the week's new key finds no room, warns while keys are left, and makes them once there is room", async () => {
  await fill(bob.client);
  const until = bob.client.keys.overview().publishedUntilDay;
  server.moveDays(7);
  const nextWeek = await enter(bob);
  expect(nextWeek.keys.overview().publishedUntilDay).toBe(until);
  expect(nextWeek.keys.overview().warnings).not.toContain("keys-end");
  server.moveDays(70);
  const later = await enter(bob);
  expect(later.keys.overview().warnings).toContain("keys-end");
  await makeRoom(later);
  const { warnings, publishedUntilDay } = (await enter(bob)).keys.overview();
  expect(warnings).not.toContain("keys-end");
  expect(publishedUntilDay).toBe((until ?? 0) + 77);
});
