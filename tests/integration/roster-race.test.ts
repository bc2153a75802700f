import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import * as z from "zod/mini";
import type { MessageId } from "../../src/protocol/public/crypto.ts";
import { recipientsOf } from "../../src/protocol/public/messaging-key.ts";
import { openRoster, type VerifiedRoster } from "../../src/protocol/public/roster.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { sealMessage } from "../../src/protocol/secret/seal.ts";
import { freePort } from "../support/free-port.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { entryOf, periodNow, rosterPost, setUp, type TestNewsroom } from "../support/staff.ts";
import { enterMailbox, type TestSource } from "../support/stored-newsroom.ts";
import { sodium } from "../vectors/backends.ts";

/** Two processes over one database: here the admin signs new rosters, there sources' messages arrive. */
let here: TestServer;
let made: TestNewsroom;
let there: ChildProcess;
let origin: string;
const dataDir = mkdtempSync(join(tmpdir(), "sealdrop-race-"));

beforeAll(async () => {
  here = await startTestServer({ now: new Date() });
  made = await setUp(here);
  const { host, user } = inject("cluster");
  const ports = [await freePort(), await freePort()];
  origin = `http://127.0.0.1:${ports[0]}`;
  there = spawn(process.execPath, [resolve("dist/server/main.js")], {
    env: {
      SEALDROP_DATA_DIR: dataDir,
      SOURCE_PORT: String(ports[0]),
      NEWSROOM_PORT: String(ports[1]),
      DATABASE_URL: `postgresql://${user}@localhost/${here.databaseName}?host=${host}`,
      SEALDROP_SECRET: here.config.secret ?? "",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await ready(there);
});
afterAll(async () => {
  if (there.exitCode === null) {
    there.kill("SIGTERM");
    await once(there, "exit");
  }
  await here.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const ready = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let output = "";
    child.stdout?.on("data", (part) => {
      output += part;
      if (output.includes("sealdrop ready")) resolve();
    });
    child.once("exit", () => reject(new Error(`no start: ${output}`)));
  });

const ROSTERS = 8;
const STORED_UNDER_EACH = 4;

const verified = (statement: Uint8Array): VerifiedRoster =>
  openRoster(sodium, statement, { newsroomId: made.newsroom.newsroomId, key: made.newsroom.key });

let keys: readonly Uint8Array[];

const sealUnder = (source: TestSource, roster: VerifiedRoster): Uint8Array => {
  const period = periodNow(here);
  return sealMessage(sodium, {
    roster,
    recipients: recipientsOf(sodium, keys, { roster, period }),
    period,
    mailbox: source.keys,
    messageId: sodium.random(16) as MessageId,
    addressed: new Set([1]),
    sealToSource: false,
    sender: { public: source.keys.static, private: source.keys.staticPrivate },
    body: { kind: "message", answers: null, newest: [], text: "now", files: [] },
  }).bytes;
};

it("no message under an old list is stored after the commit of a new one", async () => {
  // What the database saw: the last arrival at each change, within the change's own transaction.
  await here.pool.query(`
    CREATE TABLE seen (number int, last int);
    CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM pg_sleep(0.02);
      INSERT INTO seen SELECT NEW.number, last FROM arrival_counter; RETURN NEW; END $$;
    CREATE TRIGGER see AFTER INSERT ON roster FOR EACH ROW EXECUTE FUNCTION see();`);
  const first = await here.world.db.roster.findUniqueOrThrow({ where: { number: 1 } });
  keys = (await here.world.db.messagingKey.findMany()).map((row) => row.statement);
  let newest = verified(first.statement);
  let changing = true;
  let stored = 0;
  const refused: (string | null)[] = [];

  const writer = async (): Promise<void> => {
    const paper = { newsroomId: made.newsroom.newsroomId };
    const source = await enterMailbox({ ...here, source: origin }, paper);
    while (changing) {
      const answer = await source.post(sealUnder(source, newest));
      if (answer.status === 200) stored += 1;
      else refused.push(answer.code);
    }
  };
  const admin = async (): Promise<void> => {
    for (let number = 2; number <= ROSTERS; number++) {
      stored = 0;
      while (stored < STORED_UNDER_EACH) await new Promise((done) => setTimeout(done, 10));
      const entries = [{ ...entryOf(made.admin), name: `Ann ${number}` }];
      const plan = { number, previousHash: newest.hash, entries };
      const { statement, settings } = rosterPost(here, made.newsroom, plan);
      const body = z.encode(api.RosterPost, { statement, settings });
      const answer = await made.client.post("/api/roster", body);
      expect(answer.status).toBe(200);
      newest = verified(statement);
    }
    changing = false;
  };
  await Promise.all([admin(), ...Array.from({ length: 6 }, writer)]);

  const { rows } = await here.pool.query(`
    SELECT count(*)::int AS stored, count(DISTINCT roster_number)::int AS rosters,
      count(*) FILTER (WHERE EXISTS (
        SELECT 1 FROM seen WHERE number > roster_number AND last < arrival))::int AS late
    FROM message`);
  expect(rows[0].late).toBe(0);
  expect(rows[0].rosters).toBeGreaterThan(ROSTERS / 2);
  expect(refused.filter((code) => code !== "roster-changed")).toEqual([]);
}, 60_000);
