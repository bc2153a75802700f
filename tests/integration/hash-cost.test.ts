import { hash } from "argon2";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf } from "../../src/browser/kit/code-error.ts";
import { base64url } from "../../src/protocol/public/bytes.ts";
import type { HashCost } from "../../src/protocol/secret/passphrase.ts";
import { bytes } from "../../src/server/database/database.ts";
import { beforeVault } from "../support/before-vault.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { createClient, draw, logIn, setUp, startAgain } from "../support/staff.ts";
import {
  type Carry,
  logInAt,
  type SetUpAccount,
  setUpByWorker,
  type WorkerClient,
  type WorkerClientOptions,
  workerClient,
} from "../support/worker-client.ts";

/** A release raises what a passphrase costs: accounts follow when their owners next type it. */
const raised: HashCost = { memoryKiB: 73_728, passes: 4 };

const base = await startTestServer();
afterAll(() => base.stop());

let server: TestServer;
let ann: SetUpAccount;
const cleanUp: TestServer[] = [];
beforeEach(async () => {
  for (const one of cleanUp.splice(0)) await one.stop();
  server = await startAgain(base);
  cleanUp.push(server);
  ann = await setUpByWorker(server);
});
afterAll(async () => {
  for (const one of cleanUp) await one.stop();
});

const enter = (options: WorkerClientOptions = {}): Promise<WorkerClient> =>
  logInAt(workerClient(server, options), ann);

const account = () =>
  server.world.db.account.findFirstOrThrow({
    include: { records: { orderBy: { recordId: "asc" } }, sessions: true },
  });
type Account = Awaited<ReturnType<typeof account>>;
const costOf = ({ memoryKib, passes }: Account): HashCost => ({ memoryKiB: memoryKib, passes });
/** What a new vault key would have changed. Each unlock may save notes of its own beside it. */
const vaultOf = ({ records, recoveryWrappedKey }: Account) => ({
  lasting: records.filter(({ recordId }) =>
    /^(?:identity|static|archive|newsroom)$/.test(recordId),
  ),
  recoveryWrappedKey,
});
const doorOf = ({ salt, authHash, wrappedKey, ...rest }: Account) => ({
  salt,
  authHash,
  wrappedKey,
  cost: costOf(rest as Account),
});

const OTHER = "meadow lantern copper violin harbor maple";

const POST = "/api/account/hash-cost";
const breakAt = (at: "before" | "after"): WorkerClientOptions => ({
  hashCost: raised,
  [at]: (path: string) => {
    if (path === POST) throw new TypeError("the line broke");
  },
});

describe("a log-in under a raised target", { timeout: 120_000 }, () => {
  it("makes the passphrase dearer and nothing else: same vault, other sessions and doors", async () => {
    const before = await account();
    await enter({ hashCost: raised });
    const after = await account();
    expect(costOf(after)).toEqual(raised);
    expect(vaultOf(after)).toEqual(vaultOf(before));
    expect(vaultOf(after).lasting.length).toBeGreaterThanOrEqual(3);
    expect(after.wrappedKey).not.toEqual(before.wrappedKey);
    expect(after.salt).not.toEqual(before.salt);
    const old = createClient(server, ann.client.cookie);
    expect((await old.get("/api/me")).status).toBe(200);
    const again = await enter({ hashCost: raised });
    expect(again.session.member().records.ids()).toContain("identity");
    expect(doorOf(await account())).toEqual(doorOf(after));
    const { userName, passphrase } = ann;
    await again.account.unlock({ userName, passphrase });
  });

  it("lets another device in that had the cheaper parameters when the vault became dearer", async () => {
    const meanwhile = () => enter({ hashCost: raised });
    const late = await enter({ line: beforeVault(meanwhile) });
    expect(late.session.member().records.ids()).toContain("identity");
    expect(costOf(await account())).toEqual(raised);
  });

  it("says of a passphrase that another tab has just replaced that it is wrong, not that the vault is broken", async () => {
    const { userName, passphrase } = ann;
    const desk = await enter();
    const renewed = async (): Promise<void> => {
      await desk.account.draftRecoveryWords();
      const typed = { current: passphrase, passphrase: OTHER, device: "keep" } as const;
      await desk.account.changePassphrase({ ...typed, keepDevice: false });
    };
    const tab = workerClient(server, { cookie: desk.cookie, line: beforeVault(renewed) });
    const unlocked = tab.account.unlock({ userName, passphrase });
    expect(await unlocked.then(() => "done", codeOf)).toBe("wrong-login");
    await tab.account.unlock({ userName, passphrase: OTHER });
    expect(tab.session.member().records.ids()).toContain("identity");
  });

  it("says the same of recovery words that a tab of the same browser has just replaced", async () => {
    const { userName, passphrase, recoveryWords } = ann;
    const desk = await enter();
    const jar = { cookie: desk.cookie };
    const other = workerClient(server, { jar });
    await other.account.unlock({ userName, passphrase });
    const renewed = async (): Promise<void> => {
      await other.account.draftRecoveryWords();
      const typed = { current: passphrase, passphrase: OTHER, device: "keep" } as const;
      await other.account.changePassphrase({ ...typed, keepDevice: false });
    };
    const tab = workerClient(server, { jar, line: beforeVault(renewed) });
    const factor = { totpCode: ann.code() };
    const came = tab.account.recover({ userName, words: recoveryWords.join(" "), factor });
    expect(await came.then(() => "done", codeOf)).toBe("wrong-login");
  });

  it("still says of a vault that was altered that it is broken, after asking once", async () => {
    const salts: string[] = [];
    const asked: Carry = async ({ path }, ask) => {
      if (path === "/api/prelogin") salts.push(path);
      if (path === "/api/vault")
        await server.world.db.account.updateMany({ data: { wrappedKey: bytes(draw(72)) } });
      return ask();
    };
    expect(await enter({ line: asked }).then(() => "done", codeOf)).toBe("vault-broken");
    expect(salts).toHaveLength(2);
  });

  it("does the same at an unlock, and never lowers a number that is higher already", async () => {
    const { userName, passphrase } = ann;
    const more = { memoryKiB: 65_536, passes: 5 };
    const client = workerClient(server, { hashCost: more, cookie: ann.client.cookie });
    await client.account.unlock({ userName, passphrase });
    expect(costOf(await account())).toEqual(more);
    await enter({ hashCost: raised });
    expect(costOf(await account())).toEqual({ memoryKiB: 73_728, passes: 5 });
  });

  it.each([
    ["before", { memoryKiB: 65_536, passes: 3 }],
    ["after", raised],
  ] as const)(
    "broken off %s the server acts goes on as if nothing had been, and the next one opens the vault",
    async (at, cost) => {
      const client = await enter(breakAt(at));
      expect(client.session.member().records.ids()).toContain("identity");
      expect(costOf(await account())).toEqual(cost);
      const next = await enter({ hashCost: raised });
      expect(next.session.member().records.ids()).toContain("identity");
      expect(costOf(await account())).toEqual(raised);
    },
  );

  it("is done once where two browsers come at the same time", async () => {
    const { userName, passphrase } = ann;
    const both = [1, 2].map(() =>
      workerClient(server, { hashCost: raised, cookie: ann.client.cookie }),
    );
    await Promise.all(both.map(({ account }) => account.unlock({ userName, passphrase })));
    expect(costOf(await account())).toEqual(raised);
    const next = await enter({ hashCost: raised });
    expect(next.session.member().records.ids()).toContain("identity");
  });
});

describe("the request", () => {
  const body = async () => ({
    authKey: base64url(draw(32)),
    salt: base64url(draw(16)),
    memoryKiB: 65_536,
    passes: 4,
    newAuthKey: base64url(draw(32)),
    expectWrappedKey: base64url((await account()).wrappedKey),
    wrappedKey: base64url(draw(72)),
  });

  it("without the passphrase's own key is refused, whoever has the session", async () => {
    const before = doorOf(await account());
    const client = createClient(server, ann.client.cookie);
    const answer = await client.post(POST, await body());
    expect([answer.status, answer.body.error]).toEqual([401, "wrong-login"]);
    expect((await createClient(server).post(POST, await body())).status).toBe(401);
    for (const wrong of [{ passes: 2 }, { memoryKiB: 1_024 }, { passes: 17 }, { salt: "" }]) {
      expect((await client.post(POST, { ...(await body()), ...wrong })).status).toBe(400);
    }
    expect(doorOf(await account())).toEqual(before);
  });
});

describe("the request of somebody who knows the key", () => {
  it("changes nothing on top of another wrapped key, and lowers nothing", async () => {
    const other = await startAgain(base);
    cleanUp.push(other);
    const { admin } = await setUp(other);
    const client = await logIn(other, admin);
    const authKey = base64url(admin.authKey);
    const good = {
      authKey,
      salt: base64url(draw(16)),
      memoryKiB: 65_536,
      passes: 4,
      newAuthKey: authKey,
      expectWrappedKey: base64url(admin.vault.wrappedKey),
      wrappedKey: base64url(draw(72)),
    };
    const stale = await client.post(POST, { ...good, expectWrappedKey: base64url(draw(72)) });
    expect([stale.status, stale.body.error]).toEqual([409, "vault-changed"]);
    expect((await client.post(POST, good)).status).toBe(204);
    const lower = { ...good, expectWrappedKey: good.wrappedKey, passes: 3 };
    expect((await client.post(POST, lower)).status).toBe(409);
    expect((await account()).passes).toBe(4);
  });
});

describe("the server's own hash of an auth key", () => {
  it("is made anew when a right key meets old parameters, and not for a wrong one", async () => {
    const other = await startAgain(base);
    cleanUp.push(other);
    const { admin } = await setUp(other);
    const cheap = await hash(Buffer.from(admin.authKey), { memoryCost: 8_192, timeCost: 1 });
    await other.world.db.account.updateMany({ data: { authHash: cheap } });
    other.moveSeconds(60);
    const wrong = { userName: "ann", authKey: base64url(draw(32)), totpCode: "000000" };
    expect((await createClient(other).post("/api/login", wrong)).status).toBe(401);
    expect((await account()).authHash).toBe(cheap);
    await logIn(other, admin);
    const { authHash } = await account();
    expect(authHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await logIn(other, admin);
    expect((await account()).authHash).toBe(authHash);
  });
});

describe("a name that does not exist", () => {
  const ask = async (userName: string) =>
    (await createClient(server).post("/api/prelogin", { userName })).body;

  it("has parameters of real accounts, which do not tell it from one that was not raised yet", async () => {
    const { userName } = ann;
    const unknown = await ask("nobody");
    const known = await ask(userName);
    expect([unknown.memoryKiB, unknown.passes]).toEqual([known.memoryKiB, known.passes]);
    await enter({ hashCost: raised });
    const [later, knownLater] = [await ask("nobody"), await ask(userName)];
    expect([later.memoryKiB, later.passes]).toEqual([knownLater.memoryKiB, knownLater.passes]);
    expect(later.salt).toBe(unknown.salt);
  });
});
