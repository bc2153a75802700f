import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { base64url, concat, u8 } from "../../src/protocol/public/bytes.ts";
import { parseLeaves } from "../../src/protocol/public/log-evidence.ts";
import { grow, leafHash, NO_PEAKS, rootOf } from "../../src/protocol/public/log-tree.ts";
import type { Restored } from "../../src/protocol/public/restored.ts";
import { parseSeen, type Seen } from "../../src/protocol/public/seen.ts";
import type { NewsroomSeed } from "../../src/protocol/secret/crypto.ts";
import { signRestored } from "../../src/protocol/secret/sign-restored.ts";
import { signSeen } from "../../src/protocol/secret/sign-seen.ts";
import { bytes } from "../../src/server/database/database.ts";
import { createAppend } from "../../src/server/log/append.ts";
import { said } from "../support/audit.ts";
import type { PaperJournalist, PaperNewsroom } from "../support/paper-newsroom.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { type Client, createClient, draw } from "../support/staff.ts";
import { memberCookie, storeNewsroom } from "../support/stored-newsroom.ts";
import { sodium } from "../vectors/backends.ts";

/** What members say of the log, and what the server does not take. docs/protocol.md §16.5, §16.7. */
let server: TestServer;
let made: PaperNewsroom;
let admin: Client;
let bob: Client;
let nobody: Client;
beforeAll(async () => {
  server = await startTestServer();
  made = await storeNewsroom(server);
  const leaves = [bytes(made.created), bytes(made.rosterBytes)];
  await server.world.db.$transaction((tx) => createAppend(server.world)(tx, leaves));
  admin = createClient(server, await memberCookie(server, 1));
  bob = createClient(server, await memberCookie(server, 2));
  nobody = createClient(server);
});
afterAll(() => server.stop());

const treeOf = (leaves: readonly Uint8Array[]) => {
  const add = (peaks: typeof NO_PEAKS, leaf: Uint8Array) =>
    grow(sodium, peaks, leafHash(sodium, leaf)).peaks;
  return { size: leaves.length, root: rootOf(sodium, leaves.reduce(add, NO_PEAKS)) };
};
const headNow = () => treeOf([made.created, made.rosterBytes]);
const leavesNow = async (): Promise<readonly Uint8Array[]> => {
  const answer = await fetch(`${server.source}/api/log/entries?from=0`);
  return parseLeaves(new Uint8Array(await answer.arrayBuffer()));
};

const seenBy = (memberNumber: number, changed: Partial<Seen> = {}): Uint8Array => {
  const { identitySeed } = made.journalists[memberNumber - 1] as PaperJournalist;
  const seen = {
    memberNumber,
    ...headNow(),
    rosterNumber: 1,
    vaultVersion: 3,
    vaultHash: new Uint8Array(32),
    day: made.day,
    ...changed,
  };
  return signSeen(sodium, seen, { newsroomId: made.newsroomId, seed: identitySeed });
};

type Signing = { readonly seed?: NewsroomSeed; readonly newsroomId?: PaperNewsroom["newsroomId"] };
const restored = (changed: Partial<Restored> = {}, by: Signing = {}): Uint8Array =>
  signRestored(
    sodium,
    { ...headNow(), memberNumber: 1, day: made.day, ...changed },
    { newsroomId: made.newsroomId, seed: made.seed, ...by },
  );

const post = async (client: Client, path: "seen" | "restored", statement: Uint8Array) => {
  const { status, body } = await client.post(`/api/log/${path}`, {
    statement: base64url(statement),
  });
  return status === 204 ? "taken" : (body.error as string);
};
const seenNow = async () => {
  const { rows } = await server.pool.query("SELECT statement FROM seen_statement");
  return rows.map(({ statement }) => parseSeen(new Uint8Array(statement)));
};

const MALFORMED: readonly (readonly [string, unknown])[] = [
  ["no statement", {}],
  ["a number", { statement: 7 }],
  ["too short", { statement: base64url(draw(99)) }],
  ["too long", { statement: base64url(draw(401)) }],
  ["a field more", { statement: base64url(draw(200)), more: 1 }],
  ["a list", []],
];

describe.each(["seen", "restored"] as const)("a statement at /api/log/%s", (path) => {
  const good = (): Uint8Array => (path === "seen" ? seenBy(1) : restored());

  it.each(MALFORMED)("is refused as malformed: %s", async (_name, body) => {
    const answer = await admin.post(`/api/log/${path}`, body);
    expect([answer.status, answer.body.error]).toEqual([400, "bad-request"]);
  });

  it("is refused in another structure", async () => {
    const other = path === "seen" ? restored() : seenBy(1);
    for (const statement of [draw(200), other, concat([good(), u8(0)]), good().slice(0, -1)]) {
      expect(await post(admin, path, statement)).toBe("bad-request");
    }
  });

  it("is refused with one byte of it changed", async () => {
    for (const at of [6, 20, -1]) {
      const statement = good();
      const place = at < 0 ? statement.length + at : at;
      statement[place] = (statement[place] ?? 0) ^ 1;
      expect(await post(admin, path, statement)).toBe("bad-request");
    }
  });

  it("is taken from nobody who is not logged in", async () => {
    expect(await post(nobody, path, good())).toBe("not-logged-in");
  });
});

describe("a seen statement", () => {
  it("is taken from the member whose it is, and shown to members alone", async () => {
    expect(await post(bob, "seen", seenBy(2))).toBe("taken");
    const { body } = await admin.get("/api/log/seen");
    expect(body).toEqual({ seen: [base64url(seenBy(2))] });
    expect((await nobody.get("/api/log/seen")).body).toEqual({ error: "not-logged-in" });
  });

  it("is not taken in another's name, whoever signed it", async () => {
    expect(await post(admin, "seen", seenBy(2))).toBe("bad-request");
    const { identitySeed } = made.journalists[0] as PaperJournalist;
    const named = { ...parseSeen(seenBy(2)), vaultVersion: 9 };
    const statement = signSeen(sodium, named, { newsroomId: made.newsroomId, seed: identitySeed });
    expect(await post(admin, "seen", statement)).toBe("forbidden");
  });

  it("that has seen less does not take the place of one that has seen more", async () => {
    for (const late of [{ size: 1 }, { vaultVersion: 2 }]) {
      expect(await post(bob, "seen", seenBy(2, late))).toBe("taken");
      expect(await seenNow()).toMatchObject([{ size: 2, vaultVersion: 3 }]);
    }
  });
});

describe("a restored statement", () => {
  it("is not taken from a journalist, even under the newsroom's key", async () => {
    expect(await post(bob, "restored", restored())).toBe("forbidden");
  });

  it("is not taken under another key, nor of another newsroom", async () => {
    const { identitySeed } = made.journalists[0] as PaperJournalist;
    const seed = new Uint8Array(identitySeed) as NewsroomSeed;
    const newsroomId = draw(32) as PaperNewsroom["newsroomId"];
    for (const by of [{ seed }, { newsroomId }]) {
      expect(await post(admin, "restored", restored({}, by))).toBe("bad-request");
    }
  });

  it("is not taken in a colleague's name: every desk would show theirs", async () => {
    expect(await post(admin, "restored", restored({ memberNumber: 2 }))).toBe("forbidden");
    expect(await leavesNow()).toHaveLength(2);
  });

  it("is not taken of a tree that was never this one", async () => {
    for (const head of [{ size: 3 }, { size: 1 }, { root: draw(32) }]) {
      expect(await post(admin, "restored", restored(head))).toBe("bad-request");
    }
    expect(await leavesNow()).toHaveLength(2);
  });

  it("is one leaf, however often it is sent", async () => {
    for (let times = 0; times < 2; times++) {
      expect(await post(admin, "restored", restored())).toBe("taken");
    }
    expect((await leavesNow()).slice(2)).toEqual([restored()]);
  });

  it("is one line of the audit trail, with who said it and how far back", async () => {
    const lines = await said({ client: admin, newsroomId: made.newsroomId });
    expect(lines).toEqual([`restored 1  ${headNow().size}`]);
  });
});
