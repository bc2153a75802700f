import { afterAll, beforeAll, expect, it } from "vitest";
import { codeOf } from "../../src/browser/kit/code-error.ts";
import { resetFunctions } from "../../src/browser/newsroom/worker/factor-reset.ts";
import { rightsFunctions } from "../../src/browser/newsroom/worker/rights.ts";
import type { HashCost } from "../../src/protocol/secret/passphrase.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { totpAt } from "../support/totp.ts";
import {
  type Carry,
  logInAt,
  type WorkerClientOptions,
  workerClient,
} from "../support/worker-client.ts";
import { type Colleague, enrol, foundNewsroom } from "../support/worker-colleagues.ts";

/** Salt and cost are asked for first and the key is posted after: in between another tab may have raised the cost. */
let server: TestServer;
let ann: Colleague;
let ben: Colleague;
beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server);
  ben = await enrol(server, ann, "Ben");
  await rightsFunctions(ann.client.session).makeAdmin({ memberNumber: 2 });
  await ben.client.session.world().refreshRoster();
}, 60_000);
afterAll(() => server?.stop());

let passes = 3;
/** Another tab of the first browser unlocks under a target that is higher than any before. */
const raise = async (): Promise<void> => {
  passes += 1;
  const hashCost: HashCost = { memoryKiB: 65_536, passes };
  const { userName, passphrase } = ann;
  const other = workerClient(server, { hashCost, cookie: ann.client.cookie });
  await other.account.unlock({ userName, passphrase });
  const stored = await server.world.db.account.findFirstOrThrow({ where: { userName } });
  expect(stored.passes).toBe(passes);
};

const raisedBefore = (path: string): Carry => {
  let raised: Promise<void> | null = null;
  return async (sent, ask) => {
    if (sent.path === path) {
      raised ??= raise();
      await raised;
    }
    return ask();
  };
};

const outcome = (work: Promise<unknown>): Promise<string> => work.then(() => "done", codeOf);

const logIn = (options: WorkerClientOptions, passphrase = ann.passphrase): Promise<string> =>
  outcome(logInAt(workerClient(server, options), { ...ann, passphrase }));

it("a right passphrase gets in, with the same code, when its cost is raised just before it arrives", async () => {
  expect(await logIn({ line: raisedBefore("/api/login") })).toBe("done");
});

it("a right passphrase unlocks when its cost is raised just before it arrives", async () => {
  const { userName, passphrase } = ann;
  const options = { cookie: ann.client.cookie, line: raisedBefore("/api/unlock") };
  const { account } = workerClient(server, options);
  expect(await outcome(account.unlock({ userName, passphrase }))).toBe("done");
});

it("a right passphrase is confirmed at an open desk when its cost is raised just before it arrives", async () => {
  const { userName, passphrase } = ann;
  let line: Carry = (_sent, ask) => ask();
  const options: WorkerClientOptions = {
    cookie: ann.client.cookie,
    line: (sent, ask) => line(sent, ask),
  };
  const { account } = workerClient(server, options);
  await account.unlock({ userName, passphrase });
  line = raisedBefore("/api/unlock");
  expect(await outcome(account.checkPassphrase({ passphrase }))).toBe("done");
});

it("a new passphrase is set when the cost of the old one is raised just before it arrives", async () => {
  const { userName, passphrase } = ann;
  const options = { cookie: ann.client.cookie, line: raisedBefore("/api/account/passphrase") };
  const { account } = workerClient(server, options);
  await account.unlock({ userName, passphrase });
  await account.draftRecoveryWords();
  const typed = { current: passphrase, passphrase, device: "keep", keepDevice: false } as const;
  expect(await outcome(account.changePassphrase(typed))).toBe("done");
});

it("a wrong passphrase is tried once", async () => {
  const tries: string[] = [];
  const line: Carry = ({ path }, ask) => {
    if (path === "/api/login") tries.push(path);
    return ask();
  };
  expect(await logIn({ line }, `${ann.passphrase} not`)).toBe("wrong-login");
  expect(tries).toHaveLength(1);
});

it("a right passphrase sets the second factor anew by a colleague's link when its cost is raised just before it arrives", async () => {
  const { userName, passphrase } = ann;
  const secret = await resetFunctions(ben.client.session).resetFactor({ memberNumber: 1 });
  // Her sessions have ended. She has found her phone again, and is at another desk too.
  ann.client.cookie = (await logInAt(workerClient(server), ann)).cookie;
  const { session, factors } = workerClient(server, {
    line: raisedBefore("/api/factor-resets/use"),
  });
  const shown = await factors.draftApp({ userName });
  server.moveSeconds(60);
  const totpCode = totpAt(shown.secret, Math.floor(server.world.now().getTime() / 30_000));
  const typed = { secret, userName, passphrase, totpCode };
  expect(await outcome(resetFunctions(session).finishReset(typed))).toBe("done");
});
