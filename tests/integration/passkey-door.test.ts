import { afterAll, beforeAll, expect, it } from "vitest";
import { codeOf } from "../../src/browser/kit/code-error.ts";
import {
  type PasskeyAnswer,
  passkeyFunctions,
} from "../../src/browser/newsroom/worker/passkeys.ts";
import { beforeVault } from "../support/before-vault.ts";
import { createPaperPasskey } from "../support/paper-passkey.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { type SetUpAccount, setUpByWorker, workerClient } from "../support/worker-client.ts";

/** A passkey that opens the vault alone, through the worker's own functions. */
let server: TestServer;
let ann: SetUpAccount;
const key = createPaperPasskey();
const output = new Uint8Array(32).fill(9);
beforeAll(async () => {
  server = await startTestServer();
  ann = await setUpByWorker(server);
  const passkeys = passkeyFunctions(ann.client.session);
  await ann.client.account.checkPassphrase({ passphrase: ann.passphrase });
  await passkeys.addPasskey({ name: "Blue key", ...key.attest(await ceremony(passkeys)) });
  await passkeys.openPasskeyDoor(await answerOf(passkeys));
}, 120_000);
afterAll(() => server?.stop());

type Passkeys = ReturnType<typeof passkeyFunctions>;
const ceremony = async (passkeys: Passkeys) => {
  const { challenge } = await passkeys.askForPasskey({ userName: ann.userName });
  return { challenge, origin: server.newsroom };
};
const answerOf = async (passkeys: Passkeys): Promise<PasskeyAnswer> => ({
  assertion: key.assert(await ceremony(passkeys)),
  output,
});

it("opens the vault without the passphrase", async () => {
  const { session } = workerClient(server);
  const passkeys = passkeyFunctions(session);
  await passkeys.logInByPasskey({ userName: ann.userName, ...(await answerOf(passkeys)) });
  expect(session.member().records.ids()).toContain("identity");
});

it("is said to open nothing, not to meet a broken vault, where another tab has just set a new passphrase", async () => {
  const { account, cookie } = ann.client;
  const renew = async (): Promise<void> => {
    await account.draftRecoveryWords();
    const passphrase = "meadow lantern copper violin harbor maple";
    const typed = { current: ann.passphrase, passphrase, device: "keep" } as const;
    await account.changePassphrase({ ...typed, keepDevice: false });
  };
  const { session } = workerClient(server, { cookie, line: beforeVault(renew) });
  const passkeys = passkeyFunctions(session);
  const typed = { userName: ann.userName, ...(await answerOf(passkeys)) };
  const came = passkeys.unlockByPasskey(typed);
  expect(await came.then(() => "done", codeOf)).toBe("passkey-no-door");
});
