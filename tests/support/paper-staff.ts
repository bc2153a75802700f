import { CodeError } from "../../src/browser/kit/code-error.ts";
import type { Http, HttpRequest } from "../../src/browser/kit/http.ts";
import { createApi } from "../../src/browser/newsroom/worker/api.ts";
import type { BrowserStore } from "../../src/browser/newsroom/worker/browser-store.ts";
import type { NewsroomEvent } from "../../src/browser/newsroom/worker/events.ts";
import { TARGET_HASH_COST } from "../../src/browser/newsroom/worker/new-account.ts";
import { NEWSROOM_RECORD } from "../../src/browser/newsroom/worker/newsroom-key.ts";
import { ownRecords } from "../../src/browser/newsroom/worker/own-keys.ts";
import { pinRecord } from "../../src/browser/newsroom/worker/pin.ts";
import { createSession, type Session } from "../../src/browser/newsroom/worker/session.ts";
import { enter } from "../../src/browser/newsroom/worker/standing.ts";
import { sealVault } from "../../src/browser/newsroom/worker/vault.ts";
import type { Own } from "../../src/browser/newsroom/worker/world.ts";
import { base64url, concat, fromBase64url, sized, u16 } from "../../src/protocol/public/bytes.ts";
import type { StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import { parseMessagingKey } from "../../src/protocol/public/messaging-key.ts";
import { parseRoster } from "../../src/protocol/public/roster.ts";
import type { Me } from "../../src/protocol/public/staff-api.ts";
import { parseStatement } from "../../src/protocol/public/statement.ts";
import { dayStartMs, periodOf } from "../../src/protocol/public/time.ts";
import type { ArchiveKey } from "../../src/protocol/secret/crypto.ts";
import type { VaultOwner } from "../../src/protocol/secret/vault.ts";
import { sumo as crypto } from "../vectors/backends.ts";
import { type PaperJournalist, type PaperNewsroom, paperNewsroom } from "./paper-newsroom.ts";
import { bundleOf, takeRotation } from "./paper-statements.ts";

/** The staff side of a server on paper: one vault, the chain of rosters, published keys. It answers as docs/api.md says. */

export const TODAY = 20_700;

type Json = Record<string, unknown>;
type Posted = { readonly path: string; readonly body: Json };

export type PaperStaff = {
  readonly http: Http;
  readonly posted: Posted[];
  /** *Created*, then rotations. */
  readonly statements: Uint8Array[];
  readonly rosters: { readonly statement: Uint8Array; readonly settings: Uint8Array }[];
  readonly keys: Map<string, string>;
  /** What the server says of people; the first is the vault's owner. */
  readonly people: {
    memberNumber: number;
    userName: string;
    role: string;
    lastUnlockDay: number;
  }[];
  /** Everybody's published keys but the owner's. */
  readonly others: readonly Uint8Array[];
  /** Period to unopened slots. */
  readonly closed: Map<number, number>;
  /** Waiting for the owner, as the server lists them. */
  readonly letters: Json[];
  vault: Json;
};

const posts = (server: PaperStaff, path: string) =>
  server.posted.filter((one) => one.path === path).map((one) => one.body);

export const postsTo = posts;

const writeVault = (server: PaperStaff, body: Json): Json => {
  const { version, records } = server.vault as { version: number; records: { id: string }[] };
  if (body["expectVersion"] !== version) throw new CodeError("vault-changed");
  const put = body["put"] as { id: string }[];
  const gone = [...(body["remove"] as string[]), ...put.map(({ id }) => id)];
  server.vault = {
    ...server.vault,
    version: version + 1,
    list: body["list"],
    records: [...records.filter(({ id }) => !gone.includes(id)), ...put],
  };
  return { version: version + 1 };
};

const publish = (server: PaperStaff, body: Json): null => {
  for (const text of body["statements"] as string[]) {
    const { memberNumber, generation, period } = parseMessagingKey(fromBase64url(text));
    const place = `${memberNumber}:${generation}:${period}`;
    if ((server.keys.get(place) ?? text) !== text) throw new CodeError("key-exists");
    server.keys.set(place, text);
  }
  return null;
};

const COLLEAGUE = 2;
/** The colleague has published for years, so that no test of one's own keys is about theirs. */
const colleaguesKeys = Array.from({ length: 200 }, (_, at) => ({
  memberNumber: COLLEAGUE,
  generation: 0,
  period: periodOf(TODAY) - 50 + at,
}));

const ownKeys = (server: PaperStaff) =>
  [...server.keys.keys()].map((place) => {
    const [memberNumber, generation, period] = place.split(":").map(Number);
    return { memberNumber, generation, period };
  });

const listKeys = (server: PaperStaff): Json => ({
  keys: [...ownKeys(server), ...colleaguesKeys],
});

const postRoster = (server: PaperStaff, body: Json): Json => {
  const { payload } = parseStatement(fromBase64url(body["statement"] as string), "roster");
  if (parseRoster(payload).number !== server.rosters.length + 1) {
    throw new CodeError("roster-changed");
  }
  server.rosters.push({
    statement: fromBase64url(body["statement"] as string),
    settings: fromBase64url(body["settings"] as string),
  });
  return { number: server.rosters.length };
};

const setRole = (server: PaperStaff, body: Json): null => {
  for (const one of server.people) {
    if (one.memberNumber === body["memberNumber"]) one.role = body["role"] as string;
  }
  return null;
};

const answers: Record<string, (server: PaperStaff, body: Json) => Json | null> = {
  "GET /api/vault": (server) => server.vault,
  "POST /api/vault": writeVault,
  "GET /api/messaging-keys": listKeys,
  "POST /api/messaging-keys": publish,
  "GET /api/messaging-keys/closed": ({ closed }) => ({
    closed: [...closed].map(([period, unopened]) => ({ period, unopened })),
  }),
  "POST /api/messaging-keys/destroyed": () => null,
  "POST /api/roster": postRoster,
  "POST /api/newsroom/rotate": takeRotation,
  "GET /api/people": ({ people }) => ({ people }),
  "POST /api/people/role": setRole,
  "POST /api/letters": ({ posted }) => ({ id: posted.length }),
  "GET /api/letters/waiting": () => ({ waiting: [] }),
  "GET /api/letters/after/0": ({ letters }) => ({ letters, more: false }),
};

const rosterPage = (server: PaperStaff, from: number): Uint8Array => {
  const page = server.rosters.slice(from - 1, from + 99);
  const items = page.flatMap(({ statement, settings }) => [sized(statement), sized(settings)]);
  return concat([u16(page.length), ...items]);
};

export const paperStaff = (newsroom: PaperNewsroom): PaperStaff => {
  const server: PaperStaff = {
    posted: [],
    statements: [newsroom.created],
    rosters: [{ statement: newsroom.rosterBytes, settings: newsroom.settings }],
    keys: new Map(),
    people: newsroom.journalists.map(({ entry }, index) => ({
      memberNumber: entry.memberNumber,
      userName: entry.name.toLowerCase(),
      role: index === 0 ? "admin" : "journalist",
      lastUnlockDay: newsroom.day,
    })),
    others: newsroom.journalists.slice(1).map(({ messagingStatement }) => messagingStatement),
    closed: new Map(),
    letters: [],
    vault: {},
    http: {
      bytes: async (path) =>
        path === "/api/newsroom"
          ? bundleOf(server)
          : rosterPage(server, Number(path.split("from=")[1])),
      json: async (path, { method, body }: HttpRequest = {}) => {
        const answer = answers[`${method} ${path}`];
        if (answer === undefined) throw new Error(`${method} ${path}`);
        if (method === "POST") server.posted.push({ path, body: body as Json });
        return answer(server, body as Json);
      },
    },
  };
  return server;
};

/** A browser's own storage, in memory. */
export const paperStore = (kept = new Map<string, Uint8Array>()): BrowserStore => ({
  get: async (key) => kept.get(key) ?? null,
  put: async (key, value) => {
    kept.set(key, value);
  },
  drop: async (key) => {
    kept.delete(key);
  },
});

const UNLOCK = new Uint8Array(32).fill(7);

export const vaultOwner = (newsroom: PaperNewsroom): VaultOwner => ({
  newsroomId: newsroom.newsroomId,
  userName: "ada",
});

/** The vault as set-up leaves it: with the newsroom key for an admin. */
export const storeVault = (
  server: PaperStaff,
  newsroom: PaperNewsroom,
  seat: { readonly journalist: PaperJournalist; readonly admin: boolean },
): void => {
  const { journalist, admin } = seat;
  const own: Own = {
    identitySeed: journalist.identitySeed,
    staticPrivate: journalist.staticPrivate,
    staticPublic: journalist.entry.static as StaticPublicKey,
    archive: { id: crypto.random(16), key: crypto.random(32) as ArchiveKey },
  };
  const vault = sealVault(crypto, {
    owner: vaultOwner(newsroom),
    doors: { passphrase: UNLOCK, recovery: UNLOCK },
    version: 1,
    records: new Map<string, Uint8Array>([
      ...ownRecords(own),
      ...(admin ? [[NEWSROOM_RECORD, newsroom.seed] as const] : []),
      ...(admin ? [pinRecord(newsroom.roster)] : []),
    ]),
  });
  server.vault = {
    version: 1,
    wrappedKey: base64url(vault.wrappedKey),
    recoveryWrappedKey: base64url(vault.recoveryWrappedKey),
    list: base64url(vault.list),
    records: vault.records.map(({ id, sealed }) => ({ id, sealed: base64url(sealed) })),
  };
};

export type Desk = { readonly session: Session; readonly events: readonly NewsroomEvent[] };

export type Seat = {
  readonly server: PaperStaff;
  readonly newsroom: PaperNewsroom;
  readonly store: BrowserStore;
  /** The server's day, and this browser's where it differs. */
  readonly today: number;
  readonly clock?: number;
  readonly readAll?: () => Promise<void>;
  /** Default: admin. */
  readonly role?: Me["role"];
};

const meOf = (today: number): Me => ({
  userName: "ada",
  role: "admin",
  memberNumber: 1,
  today,
  sourceOrigin: "http://127.0.0.1:3000",
  newsroomOrigin: "http://localhost:3001",
});

/** Unlocks member 1's desk as the worker does after log-in. */
export const openDesk = async (seat: Seat): Promise<Desk> => {
  const { server, newsroom, store, today } = seat;
  const events: NewsroomEvent[] = [];
  const session = createSession({
    crypto: async () => crypto,
    api: createApi(server.http),
    store,
    askOutside: () => Promise.reject(new CodeError("offline")),
    hashCost: TARGET_HASH_COST,
    now: () => dayStartMs((seat.clock ?? today) + 0.5),
    repeat: () => undefined,
    emit: (event) => {
      events.push(event);
    },
  });
  session.onOpen(() => {
    session.readAll = seat.readAll?.() ?? Promise.resolve();
  });
  const { newsroomId, key } = newsroom;
  await enter(session, {
    newsroom: { newsroomId, newsroomKey: key },
    me: { ...meOf(today), ...(seat.role && { role: seat.role }) },
    by: { owner: vaultOwner(newsroom), door: "passphrase", unlockKey: UNLOCK },
  });
  return { session, events };
};

type PaperTable = { readonly admin: boolean; readonly names?: readonly string[] };

/** A newsroom of two on paper, or of those named, its server, and member 1's vault in it. */
export const paperTable = ({ admin, names = ["Ada", "Bea"] }: PaperTable) => {
  const newsroom = paperNewsroom(crypto, { day: TODAY, names });
  const [ada] = newsroom.journalists;
  if (ada === undefined) throw new Error("nobody");
  const server = paperStaff(newsroom);
  storeVault(server, newsroom, { journalist: ada, admin });
  const store = paperStore();
  return { crypto, newsroom, server, store, owner: vaultOwner(newsroom), unlockKey: UNLOCK };
};
