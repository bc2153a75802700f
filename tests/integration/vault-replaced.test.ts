import { afterAll, beforeAll, expect, it } from "vitest";
import { codeOf } from "../../src/browser/kit/code-error.ts";
import { bytes } from "../../src/server/database/database.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { draw } from "../support/staff.ts";
import { type SetUpAccount, setUpByWorker, workerClient } from "../support/worker-client.ts";

/** Two tabs of one browser: one session, and a vault that the other tab has sealed anew under another key. */
let server: TestServer;
let ann: SetUpAccount;
const OTHER = "meadow lantern copper violin harbor maple";
beforeAll(async () => {
  server = await startTestServer();
  ann = await setUpByWorker(server);
}, 120_000);
afterAll(() => server?.stop());

const openTab = async (passphrase: string) => {
  const tab = workerClient(server, { cookie: ann.client.cookie });
  await tab.account.unlock({ userName: ann.userName, passphrase });
  return tab;
};

it("locks the tab that is left with the old key, and tells of no broken vault", async () => {
  const tab = await openTab(ann.passphrase);
  const { account } = ann.client;
  await account.draftRecoveryWords();
  const typed = { current: ann.passphrase, passphrase: OTHER, device: "keep" } as const;
  await account.changePassphrase({ ...typed, keepDevice: false });
  const { records } = tab.session.member();
  expect(await records.reload().then(() => "done", codeOf)).toBe("session-locked");
  const put = new Map([["note", draw(9)]]);
  const saved = records.change(() => ({ put }));
  expect(await saved.then(() => "done", codeOf)).toBe("session-locked");
  await openTab(OTHER);
});

it("still tells of one that was altered under the same key", async () => {
  const tab = await openTab(OTHER);
  await server.world.db.account.updateMany({ data: { recordList: bytes(draw(99)) } });
  const { records } = tab.session.member();
  expect(await records.reload().then(() => "done", codeOf)).toBe("vault-broken");
});
