import type { Api } from "../../src/browser/newsroom/worker/api.ts";
import type { Clock } from "../../src/browser/newsroom/worker/reading/clock.ts";
import type { World } from "../../src/browser/newsroom/worker/world.ts";
import { type BlockRow, encodeBlock, type Writer } from "../../src/protocol/public/block.ts";
import { encodeBundle } from "../../src/protocol/public/bundle.ts";
import {
  concat,
  fromBase64url,
  hex,
  readerOf,
  sized,
  u8,
  u16,
  u32,
} from "../../src/protocol/public/bytes.ts";
import type { StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import {
  bodyHash,
  headerHash,
  type Message,
  parseMessage,
} from "../../src/protocol/public/envelope.ts";
import { SealdropError } from "../../src/protocol/public/errors.ts";
import { encodePlaced } from "../../src/protocol/public/many.ts";
import { parseMessagePost } from "../../src/protocol/public/message-post.ts";
import type { Me } from "../../src/protocol/public/staff-api.ts";
import type { ArchiveKey, PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import { type PaperLetter, paperLetters } from "./paper-letters.ts";
import type { PaperJournalist, PaperNewsroom } from "./paper-newsroom.ts";
import { paperRecords } from "./paper-records.ts";

/** A member's inbox without a server: messages really sealed, blocks really encoded, wraps really kept. */

type Stored = {
  readonly arrival: number;
  readonly day: number;
  readonly by: Writer;
  readonly message: Message;
  readonly headerHash: Uint8Array;
};

export type PaperServer = {
  readonly stored: Stored[];
  /** By position and arrival. */
  readonly wraps: Map<string, Uint8Array>;
  readonly requests: string[];
  readonly letters: PaperLetter[];
  /** Codes thrown by the next requests to a path that begins so. */
  readonly refusals: {
    readonly path: string;
    readonly code: "offline" | "roster-changed" | "vault-changed";
  }[];
  put(bytes: Uint8Array, by?: Writer): Stored;
  /** From now on only these messaging keys are offered. */
  publish(statements: readonly Uint8Array[]): void;
  apiOf(journalist: PaperJournalist): Api;
};

const newest = (rows: readonly Stored[]): readonly Stored[] =>
  [...rows].sort((a, b) => b.arrival - a.arrival);

export const paperServer = (crypto: PassphraseCrypto, newsroom: PaperNewsroom): PaperServer => {
  const stored: Stored[] = [];
  const wraps = new Map<string, Uint8Array>();
  const requests: string[] = [];
  const letterBox = paperLetters(newsroom.day);
  const refusals: PaperServer["refusals"] = [];
  let arrivals = 0;
  let published = newsroom.journalists.map((one) => one.messagingStatement);

  const put: PaperServer["put"] = (bytes, by = "source") => {
    const message = parseMessage(crypto, bytes);
    const same = stored.find(
      (one) => hex(one.message.header.messageId) === hex(message.header.messageId),
    );
    if (same !== undefined) return same;
    arrivals += 1;
    const hash = headerHash(crypto, message.headerBytes);
    const row = { arrival: arrivals, day: newsroom.day, by, message, headerHash: hash };
    stored.push(row);
    return row;
  };

  const rowFor = (position: number, row: Stored): BlockRow => {
    const wrap = wraps.get(`${position}-${row.arrival}`);
    const slot = row.message.slots[position];
    const ownSlot = slot === undefined ? null : ({ kind: "slot", bytes: slot } as const);
    const own = wrap === undefined ? ownSlot : ({ kind: "wrap", bytes: wrap } as const);
    return {
      arrival: row.arrival,
      day: row.day,
      by: row.by,
      header: row.message.headerBytes,
      bodyHash: bodyHash(crypto, row.message.sealedBody),
      sealedSummary: row.message.sealedSummary,
      own,
    };
  };

  const block = (position: number, rows: readonly Stored[]): Uint8Array =>
    encodeBlock({
      rows: rows.slice(0, 256).map((row) => rowFor(position, row)),
      more: rows.length > 256,
    });

  const byId = (id: Uint8Array): Stored | undefined =>
    stored.find((row) => hex(row.message.header.messageId) === hex(id));

  const forEach = (body: Uint8Array, act: (id: Uint8Array, rest: Uint8Array) => void): void => {
    const reader = readerOf(body);
    const count = reader.u16();
    const length = count === 0 ? 0 : reader.left() / count - 16;
    for (let i = 0; i < count; i++) act(reader.bytes(16), reader.bytes(length));
  };

  const storeWraps = (position: number, body: Uint8Array): Uint8Array => {
    forEach(body, (id, wrap) => {
      const row = byId(id);
      if (row !== undefined) wraps.set(`${position}-${row.arrival}`, wrap);
    });
    return new Uint8Array();
  };

  const remove = (body: Uint8Array): Uint8Array => {
    forEach(body, (id) => {
      const row = byId(id);
      if (row !== undefined) stored.splice(stored.indexOf(row), 1);
    });
    return new Uint8Array();
  };

  const storedBodies = (): readonly Uint8Array[] =>
    stored.flatMap(({ message: { header, sealedBody } }) => [header.messageId, sized(sealedBody)]);
  const bodies = (): Uint8Array => concat([u16(stored.length), ...storedBodies()]);

  const oneBody = (id: string): Uint8Array => {
    const found = byId(fromBase64url(id));
    if (found === undefined) throw new SealdropError("not-found");
    return found.message.sealedBody;
  };

  const bundle = (): Uint8Array =>
    encodeBundle({
      newsroomStatements: [newsroom.created],
      roster: newsroom.rosterBytes,
      settings: newsroom.settings,
      messagingKeys: published,
    });

  const post = (body: Uint8Array): Uint8Array => {
    const { message } = parseMessagePost(crypto, body);
    const before = byId(message.header.messageId);
    const row = put(body.subarray(2), "newsroom");
    return concat([u8(before === undefined ? 0 : 1), row.headerHash, u32(row.arrival)]);
  };

  const postMany = (body: Uint8Array): Uint8Array => {
    const reader = readerOf(body);
    const count = reader.u16();
    const placed = Array.from({ length: count }, () => put(reader.sized(body.length), "newsroom"));
    return encodePlaced(placed);
  };

  type Asked = { readonly position: number; readonly number: number; readonly body: Uint8Array };
  const routes: Readonly<Record<string, (asked: Asked) => Uint8Array>> = {
    "/api/messages/block": ({ position, number }) =>
      block(position, newest(stored.filter((row) => number === 0 || row.arrival < number))),
    "/api/messages/after": ({ position, number }) =>
      block(position, newest(stored.filter((row) => row.arrival > number))),
    "/api/messages/wraps": ({ position, body }) => storeWraps(position, body.subarray(16)),
    "/api/messages/shared-wraps": ({ position, body }) => storeWraps(position, body.subarray(16)),
    "/api/messages/remove-copy": ({ position, body }) => storeWraps(position, body),
    "/api/messages/delete": ({ body }) => remove(body),
    "/api/messages/many": ({ body }) => postMany(body),
    "/api/mailboxes/bodies": () => concat([u32(stored.length), ...storedBodies()]),
    "/api/newsroom": bundle,
    "/api/messages": ({ body }) => post(body),
  };

  const answer = (position: number, url: string, body: Uint8Array): Uint8Array => {
    const [path = "", query = ""] = url.split("?");
    if (routes[path] === undefined && path.endsWith("/bodies")) return bodies();
    if (path.endsWith("/body")) return oneBody(path.split("/")[3] ?? "");
    const route = routes[path];
    if (route === undefined) throw new SealdropError("not-found");
    return route({ position, number: Number(query.split("=")[1] ?? 0), body });
  };

  const refuse = (path: string): void => {
    const at = refusals.findIndex((one) => path.startsWith(one.path));
    const [refusal] = at < 0 ? [] : refusals.splice(at, 1);
    if (refusal !== undefined) {
      throw Object.assign(new Error(refusal.code), { code: refusal.code });
    }
  };

  return {
    stored,
    wraps,
    requests,
    letters: letterBox.waiting,
    refusals,
    put,
    publish: (statements) => {
      published = [...statements];
    },
    apiOf: (journalist) => ({
      call: async (name, body, options) => {
        refuse(name);
        return letterBox.call(journalist.entry.memberNumber, {
          name,
          body,
          id: options?.id,
        }) as never;
      },
      bytes: async (path, options) => {
        requests.push(path);
        refuse(path);
        return answer(journalist.entry.position, path, options?.body ?? new Uint8Array());
      },
    }),
  };
};

export type PaperSeat = {
  readonly crypto: PassphraseCrypto;
  readonly newsroom: PaperNewsroom;
  readonly server: PaperServer;
};

/** What that journalist's worker would work with; without `messagingSeed` the period's key counts as not at hand. */
export const paperWorld = (
  { crypto, newsroom, server }: PaperSeat,
  journalist: PaperJournalist,
  archive = { id: crypto.random(16), key: crypto.random(32) as ArchiveKey },
): World => ({
  crypto,
  api: server.apiOf(journalist),
  me: {
    userName: "ada",
    role: "journalist",
    memberNumber: journalist.entry.memberNumber,
    today: newsroom.day,
    sourceOrigin: "http://s",
    newsroomOrigin: "http://n",
  } satisfies Me,
  newsroomId: newsroom.newsroomId,
  newsroomKey: newsroom.key,
  own: {
    identitySeed: journalist.identitySeed,
    staticPrivate: journalist.staticPrivate,
    staticPublic: journalist.entry.static as StaticPublicKey,
    archive,
    old: [],
  },
  records: paperRecords(),
  today: newsroom.day,
  clockAgrees: true,
  memberNumber: journalist.entry.memberNumber,
  roster: newsroom.roster,
  settings: {} as World["settings"],
  entry: journalist.entry,
  rosterOf: (number, hash) =>
    number === newsroom.roster.number && hex(hash) === hex(newsroom.roster.hash)
      ? newsroom.roster
      : null,
  messagingSeed: (_generation, period) =>
    period === newsroom.period ? journalist.messagingSeed : null,
  refreshRoster: () => Promise.resolve(false),
});

/** Time that passes only when somebody waits. */
export const paperClock = (): Clock & { readonly slept: number[] } => {
  const slept: number[] = [];
  let now = 0;
  return {
    slept,
    now: () => now,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      now += milliseconds;
      await new Promise((resolve) => setImmediate(resolve));
    },
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
  };
};
