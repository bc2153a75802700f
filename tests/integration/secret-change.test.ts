import { execFile } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeAnswer, parseChallenge } from "../../src/protocol/public/mailbox.ts";
import { makeCodename, sourceKeys } from "../../src/protocol/secret/codename.ts";
import { answerChallenge } from "../../src/protocol/secret/mailbox-login.ts";
import type { Config } from "../../src/server/config.ts";
import { startInstance } from "../support/instance.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { createClient, loginBody, setUp, startAgain, type TestNewsroom } from "../support/staff.ts";
import { ask } from "../support/stored-newsroom.ts";
import { sodium } from "../vectors/backends.ts";

/** The server's own secret changes, on one machine and on replicas restarted one after the other. */
const OLD = "o".repeat(40);
const NEW = "n".repeat(40);
const old = { secret: OLD };
const oldAndNext = { secret: OLD, secretNext: NEW };
const newAndPrevious = { secret: NEW, secretPrevious: OLD };
const onlyNew = { secret: NEW };

const base = await startTestServer({ config: old });
afterAll(() => base.stop());

let first: TestServer;
let staff: TestNewsroom;
const replicas: TestServer[] = [];
beforeEach(async () => {
  first = await startAgain(base);
  staff = await setUp(first);
  latest = first.world.now().getTime();
});
afterEach(async () => {
  for (const replica of replicas.splice(0)) await replica.stop();
  await first.stop();
});

/** The newest of all the servers' clocks: a code counts once, and a log-in needs one later than every code before. */
let latest: number;
const toLatest = (server: TestServer): void => {
  latest = Math.max(latest, server.world.now().getTime()) + 60_000;
  server.moveSeconds((latest - server.world.now().getTime()) / 1_000);
};

const replica = async (config: Partial<Config>): Promise<TestServer> => {
  const one = await startTestServer({ beside: base, config });
  replicas.push(one);
  toLatest(one);
  return one;
};

const statusAt = async (server: TestServer, cookie: string): Promise<number> =>
  (await createClient(server, cookie).get("/api/me")).status;

const statusesAt = (servers: readonly TestServer[], cookie: string) =>
  Promise.all(servers.map((one) => statusAt(one, cookie)));

const SECOND_FACTOR_WORKS = 200;
const enter = async (server: TestServer) => {
  toLatest(server);
  const client = createClient(server);
  const { status } = await client.post("/api/login", loginBody(server, staff.admin));
  return { status, cookie: client.cookie };
};
const tryLogIn = async (server: TestServer) => (await enter(server)).status;

const proveAt = async (asked: TestServer, answered: TestServer) => {
  const { newsroomId } = staff.newsroom;
  const source = sourceKeys(sodium, newsroomId, makeCodename(sodium));
  const post = (server: TestServer, path: string, body?: Uint8Array) =>
    ask(`${server.source}${path}`, { method: "POST", ...(body && { body }) });
  const challenge = await post(asked, "/api/mailbox/challenge");
  const answer = answerChallenge(sodium, parseChallenge(challenge.bytes), { newsroomId, source });
  return post(answered, "/api/mailbox/token", encodeAnswer(answer));
};

const readWith = async (server: TestServer, token: Uint8Array): Promise<number> => {
  const { status } = await ask(`${server.source}/api/mailbox/read`, {
    method: "POST",
    body: new Uint8Array(4),
    headers: { authorization: `Bearer ${Buffer.from(token).toString("base64url")}` },
  });
  return status;
};

describe("replicas restarted one after the other", () => {
  it("log nobody out and refuse no second factor, at any step and on any replica", async () => {
    const { cookie } = staff.client;
    const waiting = await replica(oldAndNext);
    expect(await statusAt(waiting, cookie)).toBe(200);
    const changed = await replica(newAndPrevious);
    const both = [changed, waiting];
    expect(await statusesAt([...both, ...both], cookie)).toEqual([200, 200, 200, 200]);
    await changed.secretChange.run();
    const cookies = [cookie];
    for (const one of both) {
      const entered = await enter(one);
      expect(entered.status).toBe(SECOND_FACTOR_WORKS);
      cookies.push(entered.cookie);
    }
    const last = await replica(onlyNew);
    for (const each of cookies) {
      expect(await statusesAt(both, each)).toEqual([200, 200]);
      expect(await statusAt(last, each)).toBe(200);
    }
    expect(await tryLogIn(last)).toBe(SECOND_FACTOR_WORKS);
  });

  it("take each other's challenges and tokens of sources", async () => {
    const waiting = await replica(oldAndNext);
    const changed = await replica(newAndPrevious);
    for (const [asked, answered] of [
      [waiting, changed],
      [changed, waiting],
    ] as const) {
      const token = await proveAt(asked, answered);
      expect(token.status).toBe(200);
      for (const one of [waiting, changed]) expect(await readWith(one, token.bytes)).toBe(200);
    }
    const stranger = await replica({ secret: "s".repeat(40) });
    expect((await proveAt(changed, stranger)).code).toBe("wrong-answer");
    const token = await proveAt(changed, changed);
    expect(await readWith(stranger, token.bytes)).toBe(401);
  });

  it("end a session everywhere, also where it was moved a moment ago", async () => {
    const waiting = await replica(oldAndNext);
    const changed = await replica(newAndPrevious);
    const { cookie } = staff.client;
    expect(await statusesAt([waiting, changed], cookie)).toEqual([200, 200]);
    expect((await createClient(waiting, cookie).post("/api/logout")).status).toBe(204);
    expect(await statusesAt([waiting, changed], cookie)).toEqual([401, 401]);
  });

  it("count wrong tries together, so that none is free for whoever asks in turn", async () => {
    const waiting = await replica(oldAndNext);
    const changed = await replica(newAndPrevious);
    const answers: number[] = [];
    for (let i = 0; i < 6; i++) {
      const at = i % 2 === 0 ? waiting : changed;
      const body = { ...loginBody(at, staff.admin), authKey: "A".repeat(43), userName: "ann" };
      answers.push((await createClient(at).post("/api/login", body)).status);
    }
    expect(answers).toContain(429);
  });

  it("move everything once, also when two do it at the same time", async () => {
    const both = [await replica(newAndPrevious), await replica(newAndPrevious)];
    const states = await Promise.all(both.map((one) => one.secretChange.run()));
    expect(states.map(({ unreadable }) => unreadable)).toEqual([0, 0]);
    expect((await both[0]?.secretChange.run())?.moved).toBe(0);
    expect(await tryLogIn(await replica(onlyNew))).toBe(SECOND_FACTOR_WORKS);
  });
});

describe("the secret before", () => {
  it("is needed until every session that stands under it was used or has ended, and tokens are old", async () => {
    const changed = await replica(newAndPrevious);
    const needed = async () => (await changed.secretChange.run()).previousNeeded;
    expect((await changed.secretChange.run()).moved).toBe(1);
    changed.moveSeconds(31 * 60);
    expect(await needed()).toBe(true);
    // Locked by now, which is no end.
    expect(await statusAt(changed, staff.client.cookie)).toBe(423);
    expect(await needed()).toBe(false);
    const alone = await replica(onlyNew);
    expect(await statusAt(alone, staff.client.cookie)).not.toBe(401);
    expect((await alone.secretChange.run()).previousNeeded).toBeNull();
  });

  it("lost is told of, and nothing breaks but what stood under it", async () => {
    const lost = await replica({ secret: "x".repeat(40) });
    expect(await lost.secretChange.run()).toEqual({
      moved: 0,
      unreadable: 1,
      previousNeeded: null,
    });
    expect(await statusAt(lost, staff.client.cookie)).toBe(401);
    expect(await tryLogIn(lost)).toBe(401);
    expect(lost.logLines.join("")).not.toContain('"where"');
    const found = await replica({ secret: "x".repeat(40), secretPrevious: OLD });
    await found.secretChange.run();
    expect(await tryLogIn(found)).toBe(SECOND_FACTOR_WORKS);
  });

  it("named wrongly moves nothing and loses nothing", async () => {
    const wrong = await replica({ secret: NEW, secretPrevious: "w".repeat(40) });
    expect((await wrong.secretChange.run()).unreadable).toBe(1);
    const right = await replica(newAndPrevious);
    await right.secretChange.run();
    expect(await tryLogIn(right)).toBe(SECOND_FACTOR_WORKS);
  });
});

describe("npm run rotate-secret", () => {
  it("gives the embedded installation a new secret that the next start moves to by itself", async () => {
    const instance = await startInstance();
    try {
      const file = (name: string) => join(instance.dataDir, name);
      const before = readFileSync(file("secret"), "utf8");
      const rotate = (environment = {}) =>
        promisify(execFile)(process.execPath, [resolve("scripts/rotate-secret.mjs")], {
          env: { PATH: process.env["PATH"], SEALDROP_DATA_DIR: instance.dataDir, ...environment },
        });
      const { stdout } = await rotate();
      expect(stdout).toContain("Restart the server now.");
      const after = readFileSync(file("secret"), "utf8");
      expect(after).toMatch(/^[0-9a-f]{64}\n$/);
      expect(after).not.toBe(before);
      expect(readFileSync(file("secret-previous"), "utf8")).toBe(before);
      for (const name of ["secret", "secret-previous"]) {
        expect(statSync(file(name)).mode & 0o777).toBe(0o600);
      }
      await expect(rotate()).rejects.toThrow("The last change of the secret is not over.");
      expect(readFileSync(file("secret"), "utf8")).toBe(after);
      await expect(rotate({ SEALDROP_SECRET: "y".repeat(40) })).rejects.toThrow(
        "SEALDROP_SECRET is set",
      );
      await instance.restart();
      await expect
        .poll(() => instance.output(), { timeout: 60_000 })
        .toContain("sealdrop: The secret before is still accepted");
      for (const secret of [before, after]) expect(instance.output()).not.toContain(secret.trim());
    } finally {
      await instance.close();
    }
  }, 120_000);
});
