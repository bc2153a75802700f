import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { openBundle, parseBundle } from "../../src/protocol/public/bundle.ts";
import { base64url, concat, equal, utf8 } from "../../src/protocol/public/bytes.ts";
import {
  type Log,
  openCheckpoint,
  parseVerifierKey,
} from "../../src/protocol/public/log-checkpoint.ts";
import {
  isProven,
  parseEvidence,
  parseInclusion,
  parseLeaves,
  parseProof,
} from "../../src/protocol/public/log-evidence.ts";
import { isConsistent, isIncluded } from "../../src/protocol/public/log-proof.ts";
import { grow, leafHash, NO_PEAKS, rootOf } from "../../src/protocol/public/log-tree.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  entryOf,
  keyStatements,
  periodNow,
  rosterPost,
  setUp,
  startAgain,
  type TestNewsroom,
} from "../support/staff.ts";
import { storeNewsroom } from "../support/stored-newsroom.ts";
import { sodium } from "../vectors/backends.ts";

let base: TestServer;
let server: TestServer;
let made: TestNewsroom;
beforeAll(async () => {
  base = await startTestServer();
});
afterAll(() => base.stop());
beforeEach(async () => {
  server = await startAgain(base, { now: new Date("2026-11-22T12:00:00Z") });
});
afterEach(() => server.stop());

const ask = (path: string, at = server.source) => fetch(`${at}/api${path}`);
const bytesOf = async (path: string, at = server.source) =>
  new Uint8Array(await (await ask(path, at)).arrayBuffer());
const logNow = async (): Promise<Log> =>
  parseVerifierKey(sodium, (await (await ask("/log/key")).text()).trim());
const headNow = async (at = server.source) =>
  openCheckpoint(sodium, await bytesOf("/log/checkpoint", at), await logNow());
const leavesNow = async () => parseLeaves(await bytesOf("/log/entries?from=0"));
const publish = (count: number, from = 2) => {
  const periods = Array.from({ length: count }, (_, at) => periodNow(server) + from + at);
  const entry = entryOf(made.admin);
  const statements = keyStatements(made.admin, { newsroom: made.newsroom, entry }, periods);
  const body = z.encode(api.MessagingKeysPost, { statements });
  return { statements, sent: () => made.client.post("/api/messaging-keys", body) };
};
const rootOfLeaves = (leaves: readonly Uint8Array[]) =>
  rootOf(
    sodium,
    leaves.reduce((peaks, leaf) => grow(sodium, peaks, leafHash(sodium, leaf)).peaks, NO_PEAKS),
  );

describe("the log", () => {
  it("is not there before the newsroom is set up", async () => {
    for (const path of ["/log/key", "/log/checkpoint", "/log/evidence"]) {
      expect(await (await ask(path)).json()).toEqual({ error: "not-set-up" });
    }
    expect(await leavesNow()).toEqual([]);
  });

  it("holds each statement once, in the order in which they were stored", async () => {
    made = await setUp(server);
    const shown = parseBundle(await bytesOf("/newsroom"));
    const first = await leavesNow();
    expect(first.slice(0, 2)).toEqual([...shown.newsroomStatements, shown.roster]);
    expect(first).toHaveLength(4);
    const { statements, sent } = publish(2);
    await sent();
    await sent();
    expect(await leavesNow()).toEqual([...first, ...statements]);
    const roster = rosterPost(server, made.newsroom, {
      number: 2,
      previousHash: made.firstHash,
      entries: [{ ...entryOf(made.admin), generation: 1 }],
    });
    const { statement, settings } = roster;
    await made.client.post("/api/roster", z.encode(api.RosterPost, { statement, settings }));
    expect((await leavesNow()).at(-1)).toEqual(statement);
    expect(await headNow()).toEqual({ size: 7, root: rootOfLeaves(await leavesNow()) });
  });

  it("keeps what was refused out of itself", async () => {
    made = await setUp(server);
    const { size } = await headNow();
    const { statements } = publish(1);
    const other = publish(1);
    await other.sent();
    // Another key for the same period: the transaction that would have added its leaf is undone.
    const refused = await made.client.post(
      "/api/messaging-keys",
      z.encode(api.MessagingKeysPost, { statements: [...publish(1, 5).statements, ...statements] }),
    );
    expect(refused.body.error).toBe("key-exists");
    expect((await headNow()).size).toBe(size + 1);
  });

  it("orders what is added at once, without a gap and on two replicas", async () => {
    made = await setUp(server);
    const other = await startTestServer({ beside: base, now: new Date("2026-11-22T12:00:00Z") });
    try {
      const sent = Array.from({ length: 8 }, (_, at) => publish(1, 2 + at).sent());
      const heads = await Promise.all([...sent.map(() => headNow()), headNow(other.source)]);
      expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(Array(8).fill(204));
      const leaves = await leavesNow();
      expect(await headNow()).toEqual({ size: 12, root: rootOfLeaves(leaves) });
      expect(await headNow(other.source)).toEqual(await headNow());
      // What was signed meanwhile is the beginning of what is there now.
      for (const head of heads) expect(head.root).toEqual(rootOfLeaves(leaves.slice(0, head.size)));
    } finally {
      await other.stop();
    }
  });

  it("takes in at the start what was stored before there was a log, and once only", async () => {
    const stored = await storeNewsroom(server);
    for (let starts = 0; starts < 2; starts++) {
      const next = await startTestServer({ beside: base });
      await next.stop();
    }
    const keys = stored.journalists.map((one) => one.messagingStatement);
    expect(await leavesNow()).toEqual([stored.created, stored.rosterBytes, ...keys]);
  });

  it("keeps its key when the server starts anew or its secret changes, and keeps that key sealed", async () => {
    made = await setUp(server);
    const { key } = await logNow();
    const changed = { secret: "n".repeat(40), secretPrevious: base.config.secret };
    for (const config of [{}, changed]) {
      const next = await startTestServer({ beside: base, config });
      const shown = await (await ask("/log/key", next.source)).text();
      await next.stop();
      expect(parseVerifierKey(sodium, shown.trim()).key).toEqual(key);
    }
    const [row] = (await server.pool.query("SELECT sealed_seed FROM log_key")).rows;
    expect(row.sealed_seed).toHaveLength(12 + 32 + 16);
  });
});

describe("proofs", () => {
  beforeEach(async () => {
    made = await setUp(server);
    await publish(9).sent();
  });

  it("are given for every leaf and between all sizes", async () => {
    const { size, root } = await headNow();
    const leaves = await leavesNow();
    for (const [at, leaf] of leaves.entries()) {
      const hash = leafHash(sodium, leaf);
      const path = `/log/inclusion?hash=${base64url(hash)}&size=${size}`;
      const { index, proof } = parseInclusion(await bytesOf(path));
      expect(index).toBe(at);
      expect(isIncluded(sodium, { leaf: hash, index, size, root }, proof)).toBe(true);
      const proof2 = parseProof(await bytesOf(`/log/consistency?from=${at}&to=${size}`));
      const older = { size: at, root: rootOfLeaves(leaves.slice(0, at)) };
      expect(isConsistent(sodium, [older, { size, root }], proof2)).toBe(true);
    }
  });

  it("come with list and checkpoint in one answer, the same at both addresses", async () => {
    const evidence = parseEvidence(await bytesOf("/log/evidence?from=3"));
    expect(equal(evidence.bundle, await bytesOf("/newsroom"))).toBe(true);
    openBundle(sodium, parseBundle(evidence.bundle));
    const log = await logNow();
    expect(evidence.logKey).toEqual(log.key);
    const head = openCheckpoint(sodium, evidence.checkpoint, log);
    expect(isProven(sodium, evidence, head)).toBe(true);
    const older = { size: 3, root: rootOfLeaves((await leavesNow()).slice(0, 3)) };
    expect(isConsistent(sodium, [older, head], evidence.consistency)).toBe(true);
    expect(await bytesOf("/log/evidence?from=3", server.newsroom)).toEqual(
      await bytesOf("/log/evidence?from=3"),
    );
  });

  it("do not cover a bundle in which one statement is another", async () => {
    const evidence = parseEvidence(await bytesOf("/log/evidence"));
    const head = await headNow();
    const swapped = [...evidence.inclusions].reverse();
    expect(isProven(sodium, { ...evidence, inclusions: swapped }, head)).toBe(false);
    const fewer = evidence.inclusions.slice(0, -1);
    expect(isProven(sodium, { ...evidence, inclusions: fewer }, head)).toBe(false);
  });

  const NONSENSE = [
    "/log/consistency?from=3",
    "/log/consistency?from=9&to=3",
    "/log/consistency?from=1&to=99",
    "/log/consistency?from=-1&to=3",
    "/log/inclusion?hash=AAAA&size=3",
    "/log/inclusion?hash=!&size=3",
    "/log/inclusion?size=3",
    "/log/entries",
    "/log/entries?from=99999999999",
    "/log/evidence?from=x",
  ];
  it("asked for with nonsense are a bad request", async () => {
    for (const path of NONSENSE) {
      const answer = await ask(path);
      expect([path, answer.status, await answer.json()]).toEqual([
        path,
        400,
        { error: "bad-request" },
      ]);
    }
  });

  it("for a leaf that is not there, or not yet in that tree, do not exist", async () => {
    const last = leafHash(sodium, (await leavesNow()).at(-1) ?? utf8(""));
    const nobody = leafHash(sodium, concat([utf8("nobody")]));
    for (const [hash, size] of [
      [last, 5],
      [nobody, 5],
    ] as const) {
      const answer = await ask(`/log/inclusion?hash=${base64url(hash)}&size=${size}`);
      expect(await answer.json()).toEqual({ error: "not-found" });
    }
  });

  it("and list may be read from any page at the source's address, and nothing else", async () => {
    const open = async (path: string, at = server.source) =>
      (await fetch(`${at}${path}`)).headers.get("access-control-allow-origin");
    const { size } = await headNow();
    const paths = [
      "/api/newsroom",
      "/api/log/key",
      "/api/log/checkpoint",
      `/api/log/consistency?from=1&to=${size}`,
      "/api/log/evidence",
    ];
    for (const path of paths) {
      expect([path, await open(path)]).toEqual([path, "*"]);
      expect([path, await open(path, server.newsroom)]).toEqual([path, null]);
    }
    for (const path of ["/", "/healthz", "/api/log/entries?from=0", "/api/mailbox"]) {
      expect([path, await open(path)]).toEqual([path, null]);
    }
  });
});
