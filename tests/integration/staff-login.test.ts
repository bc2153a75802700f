import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { base64url } from "../../src/protocol/public/bytes.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { statementsOf } from "../support/server-work.ts";
import {
  type Answer,
  codeOf,
  createClient,
  draw,
  logIn,
  loginBody,
  type Person,
  setUp,
} from "../support/staff.ts";

let server: TestServer;
let ann: Person;
beforeAll(async () => {
  server = await startTestServer();
  ann = (await setUp(server)).admin;
  server.moveSeconds(60);
});
afterAll(() => server.stop());
afterEach(() => {
  // Delays of one test are no business of the next.
  server.moveSeconds(86_400 * 2);
});

const client = () => createClient(server);
const logInWith = (body: object): Promise<Answer> => client().post("/api/login", body);
const wrongKey = (body: ReturnType<typeof loginBody>) => ({
  ...body,
  authKey: base64url(draw(32)),
});

/** With how many hashes it calculates. */
const workOf = async (act: () => Promise<Answer>) => {
  const before = server.hashesChecked();
  return { ...(await statementsOf(act)), hashes: server.hashesChecked() - before };
};

describe("a name that does not exist", () => {
  it("takes the same queries, hashes and answer as a wrong passphrase", async () => {
    const known = await workOf(() => logInWith(wrongKey(loginBody(server, ann))));
    const unknown = await workOf(() =>
      logInWith({ ...wrongKey(loginBody(server, ann)), userName: "nobody" }),
    );
    expect(known.hashes).toBe(1);
    expect(known.statements.length).toBeGreaterThan(2);
    expect(unknown).toEqual(known);
  });

  it("takes the same as a wrong code", async () => {
    const body = { ...loginBody(server, ann), totpCode: codeOf(server, ann, 50) };
    const known = await workOf(() => logInWith(body));
    const unknown = await workOf(() => logInWith({ ...body, userName: "nobody" }));
    expect(unknown).toEqual(known);
  });

  it("takes the same at recovery", async () => {
    const { userName, totpCode } = loginBody(server, ann);
    const body = { userName, totpCode, recoveryAuthKey: base64url(draw(32)) };
    const known = await workOf(() => client().post("/api/recover", body));
    const unknown = await workOf(() =>
      client().post("/api/recover", { ...body, userName: "nobody" }),
    );
    expect(unknown).toEqual(known);
  });

  it("has a salt that stays, with the same queries", async () => {
    const ask = (userName: string) => client().post("/api/prelogin", { userName });
    await ask("warm-up");
    const known = await workOf(() => ask("ann"));
    const unknown = await workOf(() => ask("nobody"));
    expect(unknown.statements).toEqual(known.statements);
    expect(unknown.length).toBe(known.length);
    expect(known.body).toMatchObject({ salt: base64url(ann.salt) });
    expect((await ask("nobody")).body).toEqual(unknown.body);
    expect((await ask("nobody2")).body).not.toEqual(unknown.body);
  });

  it("keeps its salt when the server's secret changes", async () => {
    const before = await client().post("/api/prelogin", { userName: "nobody" });
    const other = await startTestServer({ beside: server, config: { secret: "x".repeat(40) } });
    const after = await createClient(other).post("/api/prelogin", { userName: "nobody" });
    await other.stop();
    expect(after.body).toEqual(before.body);
  });

  it("is slowed like one that does", async () => {
    const tries = async (userName: string) => {
      const answers: Answer[] = [];
      for (let i = 0; i < 5; i++) {
        answers.push(await logInWith({ ...wrongKey(loginBody(server, ann)), userName }));
      }
      return answers.map(({ status, body }) => [status, body]);
    };
    expect(await tries("nobody")).toEqual(await tries("ann"));
  });
});

describe("a code", () => {
  it("counts once", async () => {
    const body = loginBody(server, ann);
    expect((await logInWith(body)).status).toBe(200);
    expect((await logInWith(body)).status).toBe(401);
  });

  it("counts once when it comes several times at once", async () => {
    const body = loginBody(server, ann);
    const answers = await Promise.all([body, body, body].map(logInWith));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
  });

  it("may be a step early or late, and no more", async () => {
    const statuses: number[] = [];
    for (const steps of [-2, 2, -1, 1]) {
      statuses.push((await logInWith(loginBody(server, ann, steps))).status);
    }
    expect(statuses).toEqual([401, 401, 200, 200]);
  });

  it("does not count when it is older than one that was used", async () => {
    expect((await logInWith(loginBody(server, ann, 1))).status).toBe(200);
    expect((await logInWith(loginBody(server, ann, 0))).status).toBe(401);
  });

  it("is not used up by a mistyped passphrase", async () => {
    const body = loginBody(server, ann);
    expect((await logInWith(wrongKey(body))).status).toBe(401);
    expect((await logInWith(body)).status).toBe(200);
  });
});

describe("wrong tries", () => {
  const wrong = (count: number) =>
    Promise.all(Array.from({ length: count }, () => logInWith(wrongKey(loginBody(server, ann)))));

  it("slow their account and nobody else's", async () => {
    await wrong(5);
    const blocked = await logInWith(loginBody(server, ann));
    expect(blocked.status).toBe(429);
    expect(blocked.body).toEqual({ error: "wait", retryAfterSeconds: expect.any(Number) });
    expect((await logInWith({ ...loginBody(server, ann), userName: "bob" })).status).toBe(401);
  });

  it("end in a right one after the wait", async () => {
    await wrong(5);
    const { body } = await logInWith(loginBody(server, ann));
    server.moveSeconds(body.retryAfterSeconds);
    expect((await logInWith(loginBody(server, ann))).status).toBe(200);
  });

  it("do not slip through by coming together", async () => {
    const answers = await wrong(12);
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(4);
  });

  it("never wait longer than a minute", async () => {
    for (let i = 0; i < 12; i++) {
      await wrong(1);
      server.moveSeconds(61);
    }
    await wrong(1);
    const { body } = await logInWith(loginBody(server, ann));
    expect(body.retryAfterSeconds).toBeLessThanOrEqual(60);
  });

  it("leave no name in the database", async () => {
    await logInWith({ ...loginBody(server, ann), userName: "correct-horse-battery" });
    const { rows } = await server.pool.query("SELECT t::text AS row FROM try_delay AS t");
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain("horse");
  });
});

describe("recovery words", () => {
  it("open the account with the code", async () => {
    const { userName, totpCode } = loginBody(server, ann);
    const body = { userName, totpCode, recoveryAuthKey: base64url(ann.recoveryAuthKey) };
    const answer = await client().post("/api/recover", body);
    expect([answer.status, answer.body.userName]).toEqual([200, "ann"]);
  });

  it("open nothing without a second factor, nor with a wrong or a used one", async () => {
    const { userName, totpCode } = loginBody(server, ann);
    const recover = async (factor: object): Promise<number> => {
      const words = { userName, recoveryAuthKey: base64url(ann.recoveryAuthKey) };
      return (await client().post("/api/recover", { ...words, ...factor })).status;
    };
    const sessions = () => server.world.db.session.count();
    const before = await sessions();
    expect(await recover({})).toBe(400);
    expect(await recover({ totpCode: codeOf(server, ann, 50) })).toBe(401);
    expect(await sessions()).toBe(before);
    expect(await recover({ totpCode })).toBe(200);
    expect(await recover({ totpCode })).toBe(401);
    expect(await sessions()).toBe(before + 1);
  });

  it("are no passphrase, and a passphrase is no recovery words", async () => {
    const { userName, totpCode } = loginBody(server, ann);
    const swapped = { userName, totpCode, recoveryAuthKey: base64url(ann.authKey) };
    expect((await client().post("/api/recover", swapped)).status).toBe(401);
    const other = { ...loginBody(server, ann), authKey: base64url(ann.recoveryAuthKey) };
    expect((await logInWith(other)).status).toBe(401);
  });
});

it("stores no auth key, code secret or session token as it came", async () => {
  const { cookie } = await logIn(server, ann);
  const { rows: accounts } = await server.pool.query("SELECT a::text AS row FROM account AS a");
  const { rows: sessions } = await server.pool.query("SELECT s::text AS row FROM session AS s");
  const stored = JSON.stringify([accounts, sessions]);
  const token = Buffer.from(cookie.split("=")[1] ?? "", "base64url");
  for (const secret of [ann.authKey, ann.recoveryAuthKey, ann.totpSecret, token]) {
    const bytes = Buffer.from(secret);
    expect(stored).not.toContain(bytes.toString("hex"));
    expect(stored).not.toContain(bytes.toString("base64"));
    expect(stored).not.toContain(bytes.toString("base64url"));
  }
});
