import { describe, expect, it } from "vitest";
import type { Api } from "../../src/browser/newsroom/worker/api.ts";
import { type Renewal, rewrapAfterReading } from "../../src/browser/newsroom/worker/rewrapping.ts";
import type { Session } from "../../src/browser/newsroom/worker/session.ts";
import type { OldOwn } from "../../src/browser/newsroom/worker/world.ts";
import { encodeFormerWraps, type FormerWrap } from "../../src/protocol/public/archive-page.ts";
import { equal, hex } from "../../src/protocol/public/bytes.ts";
import type { HeaderHash, StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import type { ArchiveState } from "../../src/protocol/public/lasting-keys-api.ts";
import {
  type Archive,
  type Archived,
  decoyWrap,
  openWrap,
  sealWrap,
} from "../../src/protocol/secret/archive.ts";
import type { ArchiveKey, ContentKey, StaticPrivateKey } from "../../src/protocol/secret/crypto.ts";
import { ada, newsroom, seat } from "../support/paper-desk.ts";
import { paperClock, paperWorld } from "../support/paper-inbox.ts";
import { sumo as crypto } from "../vectors/backends.ts";

/** Re-wrapping as the server sees it, and what becomes of each wrap. */

const archive = (): Archive => ({
  id: crypto.random(16),
  key: crypto.random(32) as ArchiveKey,
});

const found = (): Archived => ({
  contentKey: crypto.random(32) as ContentKey,
  senderStatic: crypto.random(32) as StaticPublicKey,
  day: newsroom.day,
  sharedBy: null,
});

type Row = { readonly row: FormerWrap; wrap: Uint8Array; done: boolean };

const rowsOf = (
  count: number,
  from: Archive,
  wrapAt: (header: HeaderHash, index: number) => Uint8Array,
): Row[] =>
  Array.from({ length: count }, (_, index) => {
    const headerHash = crypto.random(32) as HeaderHash;
    const wrap = wrapAt(headerHash, index);
    const place = { arrival: index + 1, messageId: crypto.random(16), headerHash };
    return { row: { ...place, keyId: from.id, wrap }, wrap, done: false };
  });

/** A server over these rows; what it was asked and when stands in `seen`. */
const serverOf = (rows: Row[], present: Archive, old: Archive) => {
  const clock = paperClock();
  const seen: string[] = [];
  let former = true;
  const left = (): number => rows.filter(({ done }) => !done).length;
  const state = (): ArchiveState => ({
    keyId: present.id,
    wraps: rows.length - left(),
    former: former ? [{ keyId: old.id, left: left() }] : [],
    untried: [],
  });
  const page = (before: number): Uint8Array =>
    encodeFormerWraps(
      rows
        .filter(({ done, row }) => !done && (before === 0 || row.arrival < before))
        .sort((a, b) => b.row.arrival - a.row.arrival)
        .slice(0, 256)
        .map(({ row }) => row),
    );
  const replace = (body: Uint8Array): void => {
    for (let at = 18; at < body.length; at += 124) {
      const id = body.subarray(at, at + 16);
      const row = rows.find((one) => equal(one.row.messageId, id));
      if (row === undefined) throw new Error("no such message");
      row.wrap = body.slice(at + 16, at + 124);
      row.done = true;
    }
  };
  const api: Pick<Api, "bytes"> & { call(name: string): Promise<unknown> } = {
    call: async (name) => {
      if (name === "archive") return state();
      if (name === "letters") return { letters: [], more: false };
      if (name === "archiveDestroyed") former = false;
      return null;
    },
    bytes: async (path, options) => {
      const [what = "", query = ""] = path.replace(/archive\/[\w-]{22}/, "archive/id").split("?");
      const body = options?.body;
      seen.push(`${Math.round(clock.now())} ${what} ${query} ${body?.length ?? 0}`);
      if (body !== undefined) replace(body);
      return body === undefined ? page(Number(query.split("=")[1])) : new Uint8Array();
    },
  };
  return { api: api as unknown as Api, clock, seen };
};

const rewrap = async (rows: Row[], given: { old: Archive; held?: Archive }) => {
  const present = archive();
  const { api, clock, seen } = serverOf(rows, present, given.old);
  const before: OldOwn = {
    generation: 0,
    staticPrivate: crypto.random(32) as StaticPrivateKey,
    staticPublic: crypto.random(32) as StaticPublicKey,
    archive: given.held ?? given.old,
  };
  const { server } = seat();
  const own = { ...paperWorld({ crypto, newsroom, server }, ada).own, archive: present };
  const world = { ...paperWorld({ crypto, newsroom, server }, ada), api };
  const opened = {
    world: { ...world, own: { ...own, old: [before] } },
    renewal: null as Renewal | null,
    rewrapping: null,
  };
  const session = {
    opened: () => opened,
    world: () => opened.world,
    emit: () => undefined,
    readAll: Promise.resolve(),
    line: { clock, up: () => undefined },
    letterTakers: new Map(),
  } as unknown as Session;
  await rewrapAfterReading(session);
  return { present, seen, opened };
};

const COUNT = 600;

describe("re-wrapping", () => {
  it("looks the same to the server whether everything, some or nothing is this reader's", async () => {
    const views = await Promise.all(
      [0, 0.5, 1].map(async (share) => {
        const old = archive();
        const rows = rowsOf(COUNT, old, (header, index) =>
          index < COUNT * share ? sealWrap(crypto, old, { ...found(), header }) : decoyWrap(crypto),
        );
        // The work itself takes no time on this clock: what is left is the beat.
        return (await rewrap(rows, { old })).seen;
      }),
    );
    expect(views[0]?.length).toBeGreaterThan(5);
    expect(views[1]).toEqual(views[0]);
    expect(views[2]).toEqual(views[0]);
  });

  it("makes real wraps anew with what they held, and decoys random again", async () => {
    const old = archive();
    const items = new Map<number, Archived>();
    const rows = rowsOf(8, old, (header, index) => {
      if (index % 2 === 1) return decoyWrap(crypto);
      // As for a message that is for this reader, but broken: a key of zeros.
      const contentKey = index === 0 ? (new Uint8Array(32) as ContentKey) : found().contentKey;
      const item = { ...found(), contentKey, sharedBy: index };
      items.set(index, item.sharedBy === 0 ? { ...item, sharedBy: null } : item);
      return sealWrap(crypto, old, { ...item, header });
    });
    const { present } = await rewrap(rows, { old });
    rows.forEach(({ row, wrap }, index) => {
      expect(wrap.length).toBe(108);
      expect(hex(wrap)).not.toBe(hex(row.wrap));
      const header = row.headerHash;
      expect(openWrap(crypto, present, { wrap, header })).toEqual(items.get(index) ?? null);
    });
  });

  it("leaves alone what stands under a key that the vault does not hold", async () => {
    const old = archive();
    const rows = rowsOf(300, old, (header) => sealWrap(crypto, old, { ...found(), header }));
    const { opened } = await rewrap(rows, { old, held: archive() });
    expect(rows.every(({ row, wrap, done }) => !done && equal(row.wrap, wrap))).toBe(true);
    expect(opened.renewal).toMatchObject({ done: 0, total: 300, foreign: 300, finished: false });
  });

  it("does not ask for ever when the server gives the same page again and again", async () => {
    const old = archive();
    const rows = rowsOf(3, old, () => decoyWrap(crypto));
    // What is stored is forgotten at once.
    for (const row of rows) Object.defineProperty(row, "done", { get: () => false, set: () => {} });
    const { seen, opened } = await rewrap(rows, { old });
    expect(seen.length).toBeLessThan(5);
    expect(opened.world.own.old.length).toBe(1);
  });
});
