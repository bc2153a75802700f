import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { encodeMailboxAnswer, type MailboxRow } from "../../src/protocol/public/block.ts";
import { encodeBundle } from "../../src/protocol/public/bundle.ts";
import { concat, fromBase64url, hex, u8, u32 } from "../../src/protocol/public/bytes.ts";
import { headerHash } from "../../src/protocol/public/envelope.ts";
import {
  checkAnswer,
  encodeChallenge,
  makeChallenge,
  parseAnswer,
} from "../../src/protocol/public/mailbox.ts";
import { type MessagePost, parseMessagePost } from "../../src/protocol/public/message-post.ts";
import { PAGE_POLICY, wasmPolicy } from "../../src/protocol/public/page-policy.ts";
import type { SecretCrypto } from "../../src/protocol/secret/crypto.ts";
import type { ManifestEntry } from "../../src/site/emit.ts";
import type { PaperNewsroom } from "./paper-newsroom.ts";

/**
 * A source's listener over a newsroom on paper, in memory: it can be told to fail in the ways that
 * a real server cannot be made to fail on demand. Whole journeys run against the real one.
 */
export type PaperService = {
  readonly origin: string;
  /** Path and bytes of every request so far. */
  readonly requests: readonly string[];
  readonly messages: readonly MessagePost[];
  readonly uploads: ReadonlyMap<string, ReadonlySet<number>>;
  /** Change these at any time. */
  readonly world: PaperWorld;
  readonly addRow: (mailboxId: Uint8Array, row: Omit<MailboxRow, "arrival" | "day">) => void;
  readonly close: () => Promise<void>;
};

export type PaperWorld = {
  /** Null: not set up. */
  bundle: Uint8Array | null;
  /** Breaks the connection of so many requests to /api/. */
  broken: number;
  /** Breaks the connection of so many requests for a worker's script. */
  brokenWorkers: number;
  /** Stores the next so many messages and then breaks the connection instead of answering. */
  unanswered: number;
  /** Refuses parts of files. */
  full: boolean;
  /** Answers the next so many message posts with "roster-changed". */
  rosterChanges: number;
  /** Milliseconds before a part of a file is answered; those that wait are let go when it sinks. */
  slowPartsMs: number;
  /** Serves workers without 'wasm-unsafe-eval', as a misconfigured proxy might. */
  blockWasm: boolean;
};

export const bundleOf = (newsroom: PaperNewsroom, reachable = newsroom.journalists): Uint8Array =>
  encodeBundle({
    newsroomStatements: [newsroom.created],
    roster: newsroom.rosterBytes,
    settings: newsroom.settings,
    messagingKeys: reachable.map((journalist) => journalist.messagingStatement),
  });

/** The source's site as `npm run build` left it. */
export const builtSourceSite = () => {
  const folder = resolve(import.meta.dirname, "../../dist/site");
  const manifest: unknown = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  const { files } = manifest as { readonly files: readonly ManifestEntry[] };
  return { folder, files: files.filter((file) => file.app === "source") };
};
export type SourceSite = ReturnType<typeof builtSourceSite>;

type Stored = { readonly row: MailboxRow; readonly messageId: string };
type State = {
  readonly crypto: SecretCrypto;
  readonly newsroom: PaperNewsroom;
  readonly world: PaperWorld;
  readonly secret: Uint8Array;
  readonly tokens: Map<string, string>;
  readonly mailboxes: Map<string, Stored[]>;
  readonly uploads: Map<string, Set<number>>;
  readonly messages: MessagePost[];
};

type Answer = { readonly status: number; readonly bytes: Uint8Array };
const ok = (bytes: Uint8Array): Answer => ({ status: 200, bytes });
const empty: Answer = { status: 204, bytes: new Uint8Array(0) };
const refuse = (status: number, error: string): Answer => ({
  status,
  bytes: new TextEncoder().encode(JSON.stringify({ error })),
});

const read = async (request: IncomingMessage): Promise<Uint8Array> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return new Uint8Array(Buffer.concat(parts));
};

const seconds = () => Math.floor(Date.now() / 1000);

const token = (state: State, body: Uint8Array): Answer => {
  const check = { newsroomId: state.newsroom.newsroomId, secret: state.secret, now: seconds() };
  const id = checkAnswer(state.crypto, parseAnswer(body), check);
  const made = state.crypto.random(24);
  state.tokens.set(Buffer.from(made).toString("base64url"), hex(id));
  return ok(made);
};

const rowsOf = (state: State, mailbox: string): Stored[] => {
  const rows = state.mailboxes.get(mailbox) ?? [];
  state.mailboxes.set(mailbox, rows);
  return rows;
};

const store = (state: State, mailbox: string, body: Uint8Array): Answer => {
  const post = parseMessagePost(state.crypto, body);
  const { headerBytes, header, sealedSummary, sealedBody, slots } = post.message;
  const rows = rowsOf(state, mailbox);
  const messageId = hex(header.messageId);
  const found = rows.find((stored) => stored.messageId === messageId);
  const arrival = found?.row.arrival ?? rows.length + 1;
  if (found === undefined) {
    const slot = slots[0] ?? new Uint8Array(0);
    const content = { header: headerBytes, sealedSummary, sealedBody, slot };
    rows.push({ messageId, row: { arrival, day: state.newsroom.day, by: "source", ...content } });
    state.messages.push(post);
  }
  const stored = found?.row.header ?? headerBytes;
  return ok(concat([u8(0), headerHash(state.crypto, stored), u32(arrival)]));
};

const upload = async (state: State, request: IncomingMessage, path: string): Promise<Answer> => {
  const [, , , id = "", index = ""] = path.split("/");
  if (request.method === "DELETE") {
    state.uploads.delete(id);
    return empty;
  }
  for (let waited = 0; waited < state.world.slowPartsMs; waited += 50)
    await new Promise((done) => setTimeout(done, 50));
  if (state.world.full) return refuse(507, "no-room-for-files");
  const parts = state.uploads.get(id) ?? new Set();
  state.uploads.set(id, parts.add(Number(index)));
  return empty;
};

const mailboxCall = async (
  state: State,
  request: IncomingMessage,
  call: { readonly path: string; readonly body: Uint8Array; readonly mailbox: string },
): Promise<Answer> => {
  const { path, body, mailbox } = call;
  if (path.startsWith("/api/uploads/")) return upload(state, request, path);
  if (path === "/api/mailbox/read") {
    const rows = rowsOf(state, mailbox).map((stored) => stored.row);
    return ok(encodeMailboxAnswer({ rows, more: false }));
  }
  if (path === "/api/mailbox/delete") {
    state.mailboxes.delete(mailbox);
    return empty;
  }
  if (state.world.rosterChanges > 0) {
    state.world.rosterChanges -= 1;
    return refuse(409, "roster-changed");
  }
  return store(state, mailbox, body);
};

const answerApi = async (state: State, request: IncomingMessage): Promise<Answer> => {
  const path = request.url ?? "";
  const body = await read(request);
  if (path === "/api/newsroom") {
    const { bundle } = state.world;
    return bundle === null ? refuse(404, "not-set-up") : ok(bundle);
  }
  if (path === "/api/mailbox/challenge") {
    return ok(encodeChallenge(makeChallenge(state.crypto, state.secret, seconds() + 120)));
  }
  if (path === "/api/mailbox/token") return token(state, body);
  const bearer = (request.headers.authorization ?? "").replace("Bearer ", "");
  const mailbox = state.tokens.get(Buffer.from(fromBase64url(bearer)).toString("base64url"));
  if (mailbox === undefined) return refuse(403, "wrong-answer");
  return mailboxCall(state, request, { path, body, mailbox });
};

const breaks = (world: PaperWorld, name: "broken" | "brokenWorkers" | "unanswered"): boolean => {
  if (world[name] === 0) return false;
  world[name] -= 1;
  return true;
};

const handleApi = async (state: State, request: IncomingMessage, response: ServerResponse) => {
  if (breaks(state.world, "broken")) return request.socket.destroy();
  const answer = await answerApi(state, request);
  const isPost = request.url === "/api/messages" && answer.status === 200;
  if (isPost && breaks(state.world, "unanswered")) return request.socket.destroy();
  return response
    .writeHead(answer.status, { "content-type": "application/octet-stream", ...headers })
    .end(answer.bytes);
};

const headers = { "cache-control": "no-store", "content-security-policy": PAGE_POLICY };

const staticAnswer = (site: SourceSite, file: ManifestEntry, blockWasm: boolean) => {
  const name = file.path.endsWith("/") ? `${file.path}index.html` : file.path;
  const policy = file.wasm && !blockWasm ? wasmPolicy("source", []) : PAGE_POLICY;
  return {
    bytes: readFileSync(join(site.folder, "source", name)),
    headers: { ...headers, "content-type": file.type, "content-security-policy": policy },
  };
};

export const startPaperService = async (
  crypto: SecretCrypto,
  newsroom: PaperNewsroom,
  site: SourceSite,
): Promise<PaperService> => {
  const requests: string[] = [];
  const world: PaperWorld = {
    bundle: bundleOf(newsroom),
    broken: 0,
    brokenWorkers: 0,
    unanswered: 0,
    full: false,
    rosterChanges: 0,
    slowPartsMs: 0,
    blockWasm: false,
  };
  const state: State = {
    crypto,
    newsroom,
    world,
    secret: crypto.random(32),
    tokens: new Map(),
    mailboxes: new Map(),
    uploads: new Map(),
    messages: [],
  };
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const file = site.files.find((one) => one.path === request.url);
    if (file?.path.startsWith("/worker") && breaks(world, "brokenWorkers")) {
      request.socket.destroy();
      return;
    }
    if (file !== undefined) {
      const answer = staticAnswer(site, file, world.blockWasm);
      response.writeHead(200, answer.headers).end(answer.bytes);
      return;
    }
    handleApi(state, request, response).catch(() => response.writeHead(500, headers).end());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    messages: state.messages,
    uploads: state.uploads,
    world,
    addRow: (mailboxId, row) => {
      const rows = rowsOf(state, hex(mailboxId));
      const arrival = rows.length + 1;
      rows.push({ messageId: "", row: { ...row, arrival, day: newsroom.day } });
    },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
};
