import { afterAll, beforeAll, expect, it } from "vitest";
import { codeOf } from "../../src/browser/kit/code-error.ts";
import { settingsFunctions } from "../../src/browser/newsroom/worker/settings.ts";
import type { Settings } from "../../src/protocol/public/settings.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { logInAt, type WorkerClient, workerClient } from "../support/worker-client.ts";
import { foundNewsroom } from "../support/worker-colleagues.ts";

/** Two desks whose settings were opened before either has saved. */
let server: TestServer;
let first: WorkerClient;
let second: WorkerClient;

beforeAll(async () => {
  server = await startTestServer();
  const ann = await foundNewsroom(server);
  first = ann.client;
  second = await logInAt(workerClient(server), ann);
  await second.keys.confirmRoster();
});
afterAll(() => server.stop());

const save = (desk: WorkerClient, from: Settings, changes: Partial<Settings>): Promise<string> =>
  settingsFunctions(desk.session)
    .saveSettings({ from, to: { ...from, ...changes } })
    .then(() => "saved", codeOf);

const stored = async (): Promise<Settings> => {
  await first.session.world().refreshRoster();
  return settingsFunctions(first.session).settings();
};

it("does not take back what was saved elsewhere since the form was filled", async () => {
  const from = settingsFunctions(second.session).settings();
  expect(await save(first, from, { pauseSentence: "Back on Monday." })).toBe("saved");
  expect(await save(second, from, { otherContact: "by pigeon" })).toBe("settings-changed");
  expect(await stored()).toMatchObject({
    pauseSentence: "Back on Monday.",
    otherContact: "by post",
  });
});

it("nor when the newer list had arrived before", async () => {
  const from = settingsFunctions(second.session).settings();
  expect(await save(first, from, { retentionDays: 99 })).toBe("saved");
  await second.session.world().refreshRoster();
  await second.keys.confirmRoster();
  expect(await save(second, from, { otherContact: "by pigeon" })).toBe("settings-changed");
  expect(
    await save(second, settingsFunctions(second.session).settings(), { otherContact: "by pigeon" }),
  ).toBe("saved");
  expect(await stored()).toMatchObject({ retentionDays: 99, otherContact: "by pigeon" });
});

it("says nothing of others where its own answer was lost", async () => {
  const from = settingsFunctions(second.session).settings();
  expect(await save(second, from, { pageTitle: "Notes" })).toBe("saved");
  expect(await save(second, from, { pageTitle: "Notes" })).toBe("saved");
});
