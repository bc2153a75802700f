import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { base64url, concat } from "../../src/protocol/public/bytes.ts";
import { isErrorCode } from "../../src/protocol/public/errors.ts";
import { encodeMessagePost } from "../../src/protocol/public/message-post.ts";
import type { PaperNewsroom } from "../support/paper-newsroom.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  ask,
  enterMailbox,
  type Got,
  memberCookie,
  type Sent,
  storeNewsroom,
  type TestSource,
  tipFrom,
} from "../support/stored-newsroom.ts";

let server: TestServer;
let newsroom: PaperNewsroom;
let source: TestSource;
let cookie: string;
beforeAll(async () => {
  server = await startTestServer();
  newsroom = await storeNewsroom(server);
  source = await enterMailbox(server, newsroom);
  cookie = await memberCookie(server, 1);
});
afterAll(() => server.stop());

const RUNS = { numRuns: 60 };

/** Whatever comes in, what goes out is a right answer or a code of the table, and never a fault. */
const expectNoFault = (got: Got): void => {
  expect(got.status).toBeLessThan(500);
  if (got.status >= 400) expect(isErrorCode(got.code)).toBe(true);
};

const id = base64url(new Uint8Array(16).fill(3));
const sourceRoutes = [
  ["POST", "/api/mailbox/challenge"],
  ["POST", "/api/mailbox/token"],
  ["POST", "/api/mailbox/read"],
  ["PUT", `/api/uploads/${id}/0`],
  ["POST", "/api/messages"],
] as const;
const memberRoutes = [
  ["POST", "/api/messages"],
  ["POST", "/api/messages/wraps"],
  ["POST", "/api/messages/delete"],
  ["POST", "/api/messages/remove-copy"],
] as const;

const asSource = (path: string, sent: Sent) =>
  ask(`${server.source}${path}`, {
    ...sent,
    headers: { authorization: source.authorization, "x-part-count": "1", ...sent.headers },
  });
const asMember = (path: string, sent: Sent) =>
  ask(`${server.newsroom}${path}`, {
    ...sent,
    headers: { cookie, origin: server.newsroom, ...sent.headers },
  });

describe("no body is a fault", () => {
  it.each(sourceRoutes)("of the source's %s %s", async (method, path) => {
    const body = fc.uint8Array({ maxLength: 3_000 });
    await fc.assert(
      fc.asyncProperty(body, async (bytes) => {
        expectNoFault(await asSource(path, { method, body: bytes }));
      }),
      RUNS,
    );
  });

  it.each(memberRoutes)("of a member's %s %s", async (method, path) => {
    const body = fc.uint8Array({ maxLength: 3_000 });
    await fc.assert(
      fc.asyncProperty(body, async (bytes) => {
        expectNoFault(await asMember(path, { method, body: bytes }));
      }),
      RUNS,
    );
  });

  it("of a right message with one byte changed, cut off or added", async () => {
    const right = encodeMessagePost([], tipFrom(newsroom, source).bytes);
    const change = fc.record({
      at: fc.nat(right.length - 1),
      by: fc.integer({ min: 1, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, by }) => {
        const changed = right.slice();
        changed[at] = (changed[at] ?? 0) ^ by;
        for (const body of [changed, right.slice(0, at), concat([right, Uint8Array.of(by)])]) {
          expectNoFault(await asSource("/api/messages", { method: "POST", body }));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("no path, query or header is a fault", () => {
  const piece = fc.oneof(
    fc.webSegment(),
    fc.constantFrom("%", "%ff", "%00", "..", "-1", "4294967295", "99999999999", id, ""),
  );

  it("of either listener", async () => {
    const heads = ["/api/uploads", "/api/messages", "/api/mailboxes", "/api/mailbox", "", "/"];
    const method = fc.constantFrom("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS");
    const wanted = fc.tuple(method, fc.constantFrom(...heads), fc.array(piece, { maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(wanted, async ([verb, head, pieces]) => {
        const path = [head, ...pieces].join("/") || "/";
        for (const got of [
          await asSource(path, { method: verb }),
          await asMember(path, { method: verb }),
        ]) {
          // An answer to HEAD has no body to tell a code.
          if (verb === "HEAD") expect(got.status).toBeLessThan(500);
          else expectNoFault(got);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("of numbers in queries", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(piece, fc.maxSafeNat().map(String)), async (number) => {
        const query = encodeURIComponent(number);
        expectNoFault(await asMember(`/api/messages/block?before=${query}`, {}));
        expectNoFault(await asMember(`/api/messages/after?arrival=${query}&arrival=2`, {}));
      }),
      RUNS,
    );
  });

  it("of tokens, counts, types and lengths", async () => {
    const header = fc.string({ unit: "grapheme-ascii", maxLength: 60 }).map((text) => text.trim());
    const names = fc.constantFrom(
      "authorization",
      "x-part-count",
      "content-type",
      "content-encoding",
    );
    await fc.assert(
      fc.asyncProperty(names, header, async (name, value) => {
        const headers = { [name]: value };
        const body = new Uint8Array(50);
        expectNoFault(await asSource(`/api/uploads/${id}/0`, { method: "PUT", body, headers }));
      }),
      RUNS,
    );
  });
});

describe("limits", () => {
  it("refuse a body by its declared length, before any of it has come", async () => {
    const headers = { "content-length": "99999999999", "content-type": "application/octet-stream" };
    const got = await asSource("/api/messages", { method: "POST", headers }).catch(() => null);
    expect(got?.code).toBe("too-large");
  });

  it("refuse what is neither JSON nor bytes", async () => {
    for (const type of ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded"]) {
      const sent = { method: "POST", body: new Uint8Array(4), headers: { "content-type": type } };
      expect((await asSource("/api/mailbox/read", sent)).code).toBe("wrong-type");
    }
  });
});
