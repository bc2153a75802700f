import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { base64url } from "../../src/protocol/public/bytes.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { statementsOf } from "../support/server-work.ts";
import {
  type Answer,
  type Client,
  codeOf,
  createClient,
  draw,
  logIn,
  loginBody,
  type Person,
  setUp,
} from "../support/staff.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const drawCodes = (): readonly string[] =>
  Array.from({ length: 10 }, (_, place) => {
    const letters = Array.from(draw(12), (byte) => ALPHABET[byte % 32]);
    return `${place}${letters.join("")}`;
  });

let server: TestServer;
let ann: Person;
let client: Client;
let codes: readonly string[];
beforeAll(async () => {
  server = await startTestServer();
  ann = (await setUp(server)).admin;
});
afterAll(() => server.stop());

const post = (body: object) => client.post("/api/factors/codes", body);
const authKey = () => base64url(ann.authKey);
beforeEach(async () => {
  server.moveSeconds(86_400 * 2);
  client = await logIn(server, ann);
  codes = drawCodes();
  expect((await post({ authKey: authKey(), codes })).status).toBe(204);
});

const by = (recoveryCode: string | undefined, change: object = {}) => ({
  userName: "ann",
  authKey: authKey(),
  recoveryCode,
  ...change,
});
const logInBy = (body: object): Promise<Answer> => createClient(server).post("/api/login", body);
const left = async () => (await client.get("/api/factors")).body.recoveryCodesLeft;

describe("a recovery code", () => {
  it("stands in for the second factor once, and the count says so", async () => {
    expect(await left()).toBe(10);
    expect((await logInBy(by(codes[3]))).status).toBe(200);
    expect((await logInBy(by(codes[3]))).status).toBe(401);
    expect((await logInBy(by(codes[4]))).status).toBe(200);
    expect(await left()).toBe(8);
  });

  it("counts once when it comes several times at once", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => logInBy(by(codes[0]))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
  });

  it("is not used up by a mistyped passphrase", async () => {
    const mistyped = by(codes[1], { authKey: base64url(draw(32)) });
    expect((await logInBy(mistyped)).status).toBe(401);
    expect((await logInBy(by(codes[1]))).status).toBe(200);
  });

  it("is void once a new sheet is made", async () => {
    const fresh = drawCodes();
    expect((await post({ authKey: authKey(), codes: fresh })).status).toBe(204);
    expect((await logInBy(by(codes[5]))).status).toBe(401);
    expect((await logInBy(by(fresh[5]))).status).toBe(200);
  });

  it("of another place does not fit", async () => {
    expect((await logInBy(by(`7${codes[2]?.slice(1)}`))).status).toBe(401);
  });

  it("goes with recovery words as with a passphrase, and as often", async () => {
    const words = { userName: "ann", recoveryAuthKey: base64url(ann.recoveryAuthKey) };
    const recover = async (): Promise<number> => {
      const body = { ...words, recoveryCode: codes[6] };
      return (await createClient(server).post("/api/recover", body)).status;
    };
    expect([await recover(), await recover()]).toEqual([200, 401]);
  });

  it("cannot come together with another factor, nor can none come", async () => {
    const both = by(codes[7], { totpCode: codeOf(server, ann, 1) });
    expect((await logInBy(both)).status).toBe(400);
    expect((await logInBy({ userName: "ann", authKey: authKey() })).status).toBe(400);
    expect((await logInBy(by(codes[7]))).status).toBe(200);
  });
});

it("guessing at codes is slowed like guessing at passphrases", async () => {
  for (const code of drawCodes().slice(0, 4)) await logInBy(by(code));
  expect((await logInBy(by(codes[8]))).status).toBe(429);
});

it("a name that does not exist takes the same queries, hashes and answer", async () => {
  const work = async (userName: string) => {
    const before = server.hashesChecked();
    const done = await statementsOf(() => logInBy(by(drawCodes()[2], { userName })));
    return { ...done, hashes: server.hashesChecked() - before };
  };
  await work("warm-up");
  const known = await work("ann");
  expect(known.hashes).toBe(2);
  expect(known.status).toBe(401);
  expect(await work("nobody")).toEqual(known);
});

describe("a new sheet", () => {
  it("needs the passphrase, and an open desk alone changes nothing", async () => {
    const other = drawCodes();
    expect((await post({ authKey: base64url(draw(32)), codes: other })).status).toBe(401);
    expect((await logInBy(by(codes[0]))).status).toBe(200);
  });

  it("is ten codes of ten places", async () => {
    const nine = codes.slice(0, 9);
    for (const wrong of [nine, [...nine, nine[0]], [...codes, codes[0]], [...nine, "9ILOU"], []]) {
      expect((await post({ authKey: authKey(), codes: wrong })).status).toBe(400);
    }
  });

  it("made twice at once is one of the two, whole", async () => {
    const [one, two] = [drawCodes(), drawCodes()];
    await Promise.all([one, two].map((sheet) => post({ authKey: authKey(), codes: sheet })));
    expect(await left()).toBe(10);
    const first = (await logInBy(by(one[0]))).status;
    const second = (await logInBy(by(two[1]))).status;
    expect([first, second].sort()).toEqual([200, 401]);
  });

  it("is stored as hashes", async () => {
    const { rows } = await server.pool.query("SELECT r::text AS row FROM recovery_code AS r");
    expect(rows.length).toBe(10);
    for (const code of codes) expect(JSON.stringify(rows)).not.toContain(code.slice(1));
  });
});

describe("a new app", () => {
  it("takes the place of the old one with passphrase and its own code", async () => {
    const next = { ...ann, totpSecret: draw(20) };
    const body = { authKey: authKey(), totpSecret: base64url(next.totpSecret) };
    const wrong = await client.post("/api/factors/app", { ...body, totpCode: codeOf(server, ann) });
    expect(wrong.status).toBe(401);
    const right = { ...body, totpCode: codeOf(server, next) };
    const stranger = { ...right, authKey: base64url(draw(32)) };
    expect((await client.post("/api/factors/app", stranger)).status).toBe(401);
    expect((await client.post("/api/factors/app", right)).status).toBe(204);
    server.moveSeconds(60);
    expect((await logInBy(loginBody(server, ann))).status).toBe(401);
    expect((await logInBy(loginBody(server, next))).status).toBe(200);
    ann = next;
  });
});

it("nobody reads or changes factors without a session", async () => {
  const stranger = createClient(server);
  expect((await stranger.get("/api/factors")).status).toBe(401);
  expect((await stranger.post("/api/factors/codes", { authKey: authKey(), codes })).status).toBe(
    401,
  );
  expect((await stranger.post("/api/factors/app", {})).status).toBe(401);
});
