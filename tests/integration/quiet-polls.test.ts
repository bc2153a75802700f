import { afterAll, beforeAll, expect, it } from "vitest";
import { codeOf } from "../../src/browser/kit/code-error.ts";
import type { Clock } from "../../src/browser/newsroom/worker/reading/clock.ts";
import { deskRooms, watchRooms } from "../../src/browser/newsroom/worker/rooms.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { type Carry, PASSPHRASE, workerSession } from "../support/worker-client.ts";
import { type Colleague, enrol, foundNewsroom } from "../support/worker-colleagues.ts";

/** A desk asks again and again by itself. That is no sign of a person: left alone, it locks as if it asked nothing. docs/api.md */
let server: TestServer;
let ann: Colleague;
let bob: Colleague;
beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server);
  bob = await enrol(server, ann, "Bob");
}, 60_000);
afterAll(() => server.stop());

const MINUTE_SECONDS = 60;
const LOCKED_MINUTES = 15;
/** More turns of the event loop than lie between two requests of one round. */
const QUIET_TURNS = 20;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Whatever would be asked in a minute, at once; and what was asked. */
const openIdleDesk = async ({ userName, code }: Colleague) => {
  const asked: string[] = [];
  const works: (() => void)[] = [];
  const waiting: (() => void)[] = [];
  let inFlight = 0;
  const line: Carry = async ({ path, body }, ask) => {
    asked.push(`${body === null ? "GET" : "POST"} ${path}`);
    inFlight += 1;
    try {
      return await ask();
    } finally {
      inFlight -= 1;
    }
  };
  const clock: Clock = {
    now: () => 0,
    breathe: nextTurn,
    sleep: () => new Promise((resolve) => waiting.push(resolve)),
  };
  const quiet = async (): Promise<void> => {
    for (let turns = 0; turns < QUIET_TURNS; turns += 1) {
      if (inFlight > 0) turns = 0;
      await nextTurn();
    }
  };
  const repeat = (work: () => void): void => void works.push(work);
  const session = workerSession(server, { line, repeat }, { cookie: "" });
  const rooms = { ...deskRooms(session, clock), ...watchRooms(session) };
  await rooms.logIn({ userName, passphrase: PASSPHRASE, factor: { totpCode: code() } });
  await quiet();
  return {
    rooms,
    minute: async (): Promise<readonly string[]> => {
      asked.splice(0);
      for (const go of [...works, ...waiting.splice(0)]) go();
      await quiet();
      return [...asked];
    },
  };
};

it("what desks ask by themselves keeps no session awake, and changes no vault", async () => {
  const desks = [await openIdleDesk(ann), await openIdleDesk(bob)];
  const asked: string[] = [];
  for (let minutes = 1; minutes <= LOCKED_MINUTES; minutes += 1) {
    server.moveSeconds(MINUTE_SECONDS);
    for (const { minute } of desks) asked.push(...(await minute()));
    // Each may have to take in what the other did by coming.
    if (minutes === 2) asked.splice(0);
  }
  // They have really asked, for news of every kind.
  for (const path of ["/api/messages", "/api/letters", "/api/rosters", "/api/log/evidence"]) {
    expect(asked.join("\n")).toContain(`GET ${path}`);
  }
  expect(asked.filter((line) => line === "POST /api/vault")).toEqual([]);
  for (const { rooms } of desks) {
    expect(await rooms.touch().then(() => "none", codeOf)).toBe("session-locked");
  }
}, 60_000);
