import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../support/server.ts";
import { foundNewsroom, openWorkerDesk, type WorkerDesk } from "../support/worker-desk.ts";

/** Bob's wish for new lasting keys, once more after an admin has signed: by a second tab, or by a request that came late. */
let server: TestServer;
let anns: WorkerDesk;
let desk: WorkerDesk;
let stale: WorkerDesk;
beforeAll(async () => {
  server = await startTestServer();
  const { ann, bob } = await foundNewsroom(server);
  anns = await openWorkerDesk(server, ann);
  await anns.client.keys.confirmRoster();
  desk = await openWorkerDesk(server, bob);
  stale = await openWorkerDesk(server, bob);
}, 60_000);
afterAll(() => server.stop());

const worldOf = (one: WorkerDesk) => one.client.session.world();

it("is out of date, and not forged", async () => {
  await desk.lasting.renewLastingKeys({ stolen: false });
  const [wish] = (await worldOf(desk).api.call("keyChanges", null)).changes;
  const [row] = await anns.changes.keyChanges();
  await anns.changes.approveKeyChange({ memberNumber: 2, words: row?.words ?? [] });
  const statement = wish?.statement ?? new Uint8Array();
  const late = worldOf(desk).api.call("postKeyChange", { statement });
  await expect(late).rejects.toMatchObject({ code: "roster-changed" });
});

it("asks for nothing more where the first one's keys are signed already", async () => {
  await desk.lasting.lookForSignature();
  const again = stale.lasting.renewLastingKeys({ stolen: true });
  await expect(again).rejects.toMatchObject({ code: "roster-changed" });
  expect(await anns.changes.keyChanges()).toEqual([]);
  expect(
    worldOf(stale)
      .records.ids()
      .filter((id) => id.startsWith("next:")),
  ).toEqual([]);
});

it("draws nothing in a vault that another tab has brought to newer keys", async () => {
  await desk.lasting.renewLastingKeys({ stolen: false });
  const [row] = await anns.changes.keyChanges();
  await anns.changes.approveKeyChange({ memberNumber: 2, words: row?.words ?? [] });
  await desk.lasting.lookForSignature();
  // Its look was just before the signature.
  Object.assign(worldOf(stale), { refreshRoster: async () => false });
  const again = stale.lasting.renewLastingKeys({ stolen: true });
  await expect(again).rejects.toMatchObject({ code: "roster-changed" });
  expect(await anns.changes.keyChanges()).toEqual([]);
});
