import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FormerWrap, parseFormerWraps } from "../../src/protocol/public/archive-page.ts";
import { parseBlock } from "../../src/protocol/public/block.ts";
import { base64url, concat } from "../../src/protocol/public/bytes.ts";
import { parseMessage } from "../../src/protocol/public/envelope.ts";
import type { PaperNewsroom } from "../support/paper-newsroom.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  ask,
  asMember,
  enterMailbox,
  list,
  memberCookie,
  storeNewsroom,
  tipFrom,
} from "../support/stored-newsroom.ts";
import { sodium } from "../vectors/backends.ts";

/** Wraps under one archive key after the other, over real messages: nothing is lost, whoever is at work at the same time. */

let server: TestServer;
let newsroom: PaperNewsroom;
let cookie: string;
let ann: ReturnType<typeof asMember>;
beforeAll(async () => {
  server = await startTestServer();
  newsroom = await storeNewsroom(server);
  cookie = await memberCookie(server, 1);
  ann = asMember(cookie, server);
});
afterAll(() => server.stop());

const OLD = new Uint8Array(16).fill(1);
const NEW = new Uint8Array(16).fill(2);
const wrapOf = (byte: number): Uint8Array => new Uint8Array(108).fill(byte);

const json = async (path: string, body: object) => {
  const response = await fetch(`${server.newsroom}${path}`, {
    method: "POST",
    headers: { cookie, origin: server.newsroom, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.status;
};
const switchKey = () => json("/api/archive", { from: base64url(OLD), to: base64url(NEW) });
const state = async () => {
  const got = await ask(`${server.newsroom}/api/archive`, { headers: { cookie } });
  return JSON.parse(got.bytes.toString("utf8"));
};

type Given = readonly (readonly [messageId: Uint8Array, wrap: Uint8Array])[];
const bodyOf = (keyId: Uint8Array, wraps: Given) => concat([keyId, list(wraps.map(concat))]);
const store = (keyId: Uint8Array, wraps: Given) =>
  ann.post("/api/messages/wraps", bodyOf(keyId, wraps));
const replace = (keyId: Uint8Array, wraps: Given) =>
  ann.post("/api/archive/wraps", bodyOf(keyId, wraps));
const waiting = async (before = 0, keyId = NEW): Promise<readonly FormerWrap[]> => {
  const got = await ann.get(`/api/archive/${base64url(keyId)}/waiting?before=${before}`);
  return parseFormerWraps(new Uint8Array(got.bytes));
};
const shown = async (): Promise<readonly (number | null)[]> => {
  const { bytes } = await ann.get("/api/messages/block?before=0");
  return parseBlock(new Uint8Array(bytes)).rows.map(({ own }) =>
    own?.kind === "wrap" ? (own.bytes[0] ?? null) : null,
  );
};

/** Three messages, newest first, each wrapped under the old key with its number. */
let ids: readonly Uint8Array[];
beforeEach(async () => {
  await server.pool.query(
    "DELETE FROM message; DELETE FROM archive_key; DELETE FROM former_archive_key",
  );
  const source = await enterMailbox(server, newsroom);
  const tips = ["3", "2", "1"].map((text) => tipFrom(newsroom, source, text));
  for (const tip of tips) await source.post(tip.bytes);
  ids = tips.map((tip) => parseMessage(sodium, tip.bytes).header.messageId).reverse();
  await store(
    OLD,
    ids.map((id, i) => [id, wrapOf(i + 1)]),
  );
});

const at = (index: number): Uint8Array => ids[index] ?? new Uint8Array();

describe("after the archive key has changed", () => {
  it("nothing is stored under the one before", async () => {
    expect(await switchKey()).toBe(204);
    for (const post of [store, replace]) {
      expect((await post(OLD, [[at(0), wrapOf(9)]])).code).toBe("vault-changed");
    }
    expect(await shown()).toEqual([1, 2, 3]);
  });

  it("all that stands under the one before is given, newest first, and none twice", async () => {
    await switchKey();
    const page = await waiting();
    expect(page.map(({ wrap, keyId }) => [wrap[0], keyId])).toEqual([1, 2, 3].map((n) => [n, OLD]));
    expect(page.map(({ messageId }) => messageId)).toEqual(ids);
    expect((await waiting(page[1]?.arrival)).map(({ wrap }) => wrap[0])).toEqual([3]);
    await replace(NEW, [[at(0), wrapOf(11)]]);
    expect((await waiting()).map(({ wrap }) => wrap[0])).toEqual([2, 3]);
    expect(await state()).toMatchObject({ wraps: 1, former: [{ left: 2 }] });
  });

  it("a second window's wrap for the same message changes nothing", async () => {
    await switchKey();
    const both = await Promise.all(
      [11, 12].map((byte) =>
        replace(
          NEW,
          ids.map((id) => [id, wrapOf(byte)]),
        ),
      ),
    );
    expect(both.map(({ status }) => status)).toEqual([204, 204]);
    const [first, ...rest] = await shown();
    expect([11, 12]).toContain(first);
    expect(rest).toEqual([first, first]);
    await replace(NEW, [[at(0), wrapOf(13)]]);
    expect((await shown())[0]).toBe(first);
  });

  it("a copy removed meanwhile does not come back with what was read before", async () => {
    await switchKey();
    const page = await waiting();
    await ann.post("/api/messages/remove-copy", list([concat([at(1), wrapOf(50)])]));
    await replace(
      NEW,
      page.map(({ messageId }) => [messageId, wrapOf(20)]),
    );
    expect(await shown()).toEqual([20, 50, 20]);
    expect(await state()).toMatchObject({ wraps: 3, former: [{ left: 0 }] });
  });

  it("dropped slots do not keep a wrap from being replaced", async () => {
    await server.pool.query("UPDATE slot SET bytes = NULL");
    await switchKey();
    await replace(NEW, [[at(2), wrapOf(30)]]);
    expect(await shown()).toEqual([1, 2, 30]);
  });

  it("the one before is called destroyed only when nothing stands under it", async () => {
    await switchKey();
    const destroyed = () => json("/api/archive/destroyed", { keyId: base64url(OLD) });
    expect(await destroyed()).toBe(409);
    await replace(
      NEW,
      ids.map((id) => [id, wrapOf(40)]),
    );
    expect([await destroyed(), await destroyed()]).toEqual([204, 204]);
    expect(await state()).toMatchObject({ former: [], wraps: 3 });
  });

  it("wraps stored while it changes stand under the key they name, or nowhere", async () => {
    const posts = Array.from({ length: 8 }, (_, i) => store(OLD, [[at(i % 3), wrapOf(60 + i)]]));
    const [status, ...answers] = await Promise.all([switchKey(), ...posts]);
    expect(status).toBe(204);
    const codes = answers.map(({ code }) => code);
    expect(codes.every((code) => code === null || code === "vault-changed")).toBe(true);
    const { wraps, former } = await state();
    expect([wraps, former[0].left]).toEqual([0, 3]);
  });

  it("slots not yet tried are counted by the generation they were sealed to", async () => {
    const source = await enterMailbox(server, newsroom);
    await source.post(tipFrom(newsroom, source, "new").bytes);
    expect((await state()).untried).toEqual([{ generation: 0, slots: 1 }]);
  });
});

it("a colleague's archive is not touched", async () => {
  await switchKey();
  const bob = asMember(await memberCookie(server, 2), server);
  const own = bodyOf(NEW, [[at(0), wrapOf(7)]]);
  expect((await bob.post("/api/archive/wraps", own)).status).toBe(204);
  expect(await shown()).toEqual([1, 2, 3]);
});

it.each(["/api/archive/x/waiting?before=0", `/api/archive/${base64url(NEW)}/waiting?before=-1`])(
  "%s is refused",
  async (path) => {
    expect((await ann.get(path)).code).toBe("bad-request");
  },
);

it("what waits is not told to a window that holds another key", async () => {
  const other = base64url(new Uint8Array(16));
  expect((await ann.get(`/api/archive/${other}/waiting?before=0`)).code).toBe("vault-changed");
});

it.each([
  ["too short", new Uint8Array(17)],
  ["more than it says", concat([NEW, Uint8Array.of(0, 0, 1)])],
  ["257 wraps", concat([NEW, Uint8Array.of(1, 1), new Uint8Array(257 * 124)])],
])("wraps that are %s are refused", async (_, body) => {
  expect((await ann.post("/api/archive/wraps", body)).status).toBeGreaterThanOrEqual(400);
  expect((await ann.post("/api/archive/wraps", body)).status).toBeLessThan(500);
});
