import { request } from "node:http";
import { base64url, concat, readerOf, u16, u32 } from "../../src/protocol/public/bytes.ts";
import type { UploadId } from "../../src/protocol/public/crypto.ts";
import { encodeAnswer, parseChallenge } from "../../src/protocol/public/mailbox.ts";
import { encodeMessagePost, type UploadClaim } from "../../src/protocol/public/message-post.ts";
import { currentMembers } from "../../src/protocol/public/roster.ts";
import { dayOf } from "../../src/protocol/public/time.ts";
import { type SourceKeys, sourceKeys } from "../../src/protocol/secret/codename.ts";
import { answerChallenge } from "../../src/protocol/secret/mailbox-login.ts";
import { bytes } from "../../src/server/database/database.ts";
import { createSessions } from "../../src/server/staff/sessions.ts";
import { sodium } from "../vectors/backends.ts";
import { type PaperNewsroom, type PaperPlan, paperNewsroom, sealTip } from "./paper-newsroom.ts";
import type { TestServer } from "./server.ts";

type Stored = { readonly world: Pick<TestServer["world"], "db" | "now"> };

/** A newsroom on paper, put straight into a server's database: for tests of what comes after set-up. */
export const storeNewsroom = async (
  server: Stored,
  plan: Partial<PaperPlan> = {},
): Promise<PaperNewsroom> => {
  const day = dayOf(server.world.now().getTime());
  const made = paperNewsroom(sodium, { day, names: ["Ann", "Bob", "Cem"], ...plan });
  const { db } = server.world;
  await db.newsroomStatement.create({ data: { ordinal: 0, statement: bytes(made.created) } });
  await storeRoster(server, made);
  await db.messagingKey.createMany({
    data: made.journalists.map((journalist) => ({
      memberNumber: journalist.entry.memberNumber,
      generation: 0,
      period: made.period,
      statement: bytes(journalist.messagingStatement),
    })),
  });
  return made;
};

type RosterOf = Pick<PaperNewsroom, "roster" | "rosterBytes" | "settings">;

export const storeRoster = async (server: Stored, made: RosterOf): Promise<void> => {
  await server.world.db.roster.create({
    data: {
      number: made.roster.number,
      hash: bytes(made.roster.hash),
      membersHash: bytes(made.roster.membersHash),
      validUntilDay: made.roster.validUntilDay,
      statement: bytes(made.rosterBytes),
      settings: bytes(made.settings),
    },
  });
};

/** The cookie of a logged-in member of the stored roster; the account is made as set-up would, without its keys. */
export const memberCookie = async (server: TestServer, memberNumber: number): Promise<string> => {
  const { db } = server.world;
  const nothing = new Uint8Array();
  const account = await db.account.upsert({
    where: { memberNumber },
    update: {},
    create: {
      userName: `member-${memberNumber}`,
      role: memberNumber === 1 ? "admin" : "journalist",
      memberNumber,
      salt: nothing,
      memoryKib: 65_536,
      passes: 3,
      authHash: "",
      recoveryAuthHash: "",
      totpSealed: nothing,
      totpLastStep: 0,
      lastUnlockDay: 0,
      vaultVersion: 1,
      wrappedKey: nothing,
      recoveryWrappedKey: nothing,
      recordList: nothing,
    },
  });
  const token = await createSessions(server.world).start(account.id, "app");
  return `sealdrop-session=${base64url(token)}`;
};

export type Sent = {
  readonly method?: string;
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Got = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  /** The error code of a JSON answer. */
  readonly code: string | null;
};

const codeIn = (body: Buffer): string | null => {
  try {
    const value = JSON.parse(body.toString("utf8")) as { readonly error?: unknown };
    return typeof value.error === "string" ? value.error : null;
  } catch {
    return null;
  }
};

/** One request by Node's own client, which adds and hides nothing. */
export const ask = (url: string, sent: Sent = {}): Promise<Got> =>
  new Promise((resolve, reject) => {
    const { body } = sent;
    const type = body === undefined ? {} : { "content-type": "application/octet-stream" };
    const length = body === undefined ? {} : { "content-length": String(body.length) };
    const headers = { ...type, ...length, ...sent.headers };
    const asked = request(url, { method: sent.method ?? "GET", headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const bytesGot = Buffer.concat(parts);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string>,
          bytes: bytesGot,
          code: codeIn(bytesGot),
        });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });

export const asMember = (cookie: string, server: TestServer) => ({
  get: (path: string) => ask(`${server.newsroom}${path}`, { headers: { cookie } }),
  post: (path: string, body: Uint8Array) =>
    ask(`${server.newsroom}${path}`, {
      method: "POST",
      body,
      headers: { cookie, origin: server.newsroom },
    }),
});

/** A source's page without its page: logged in to its mailbox by the real protocol. */
export type TestSource = {
  readonly keys: SourceKeys;
  readonly authorization: string;
  ask(path: string, sent?: Sent): Promise<Got>;
  post(sealed: Uint8Array, uploads?: readonly UploadClaim[]): Promise<Got>;
  read(after?: number): Promise<Got>;
  put(uploadId: UploadId, part: Part): Promise<Got>;
};

export type Part = { readonly index: number; readonly count: number; readonly bytes: Uint8Array };

export const enterMailbox = async (
  server: Pick<TestServer, "source">,
  { newsroomId }: Pick<PaperNewsroom, "newsroomId">,
  keys: SourceKeys = sourceKeys(sodium, newsroomId, sodium.random(16)),
): Promise<TestSource> => {
  const challenge = await ask(`${server.source}/api/mailbox/challenge`, { method: "POST" });
  const answer = answerChallenge(sodium, parseChallenge(new Uint8Array(challenge.bytes)), {
    newsroomId,
    source: keys,
  });
  const body = encodeAnswer(answer);
  const token = await ask(`${server.source}/api/mailbox/token`, { method: "POST", body });
  if (token.status !== 200) throw new Error(`token: ${token.code}`);
  const authorization = `Bearer ${base64url(new Uint8Array(token.bytes))}`;
  const asSource = (path: string, sent: Sent = {}) =>
    ask(`${server.source}${path}`, { ...sent, headers: { authorization, ...sent.headers } });
  return {
    keys,
    authorization,
    ask: asSource,
    post: (sealed, uploads = []) =>
      asSource("/api/messages", { method: "POST", body: encodeMessagePost(uploads, sealed) }),
    read: (after = 0) => asSource("/api/mailbox/read", { method: "POST", body: u32(after) }),
    put: (uploadId, part) =>
      asSource(`/api/uploads/${base64url(uploadId)}/${part.index}`, {
        method: "PUT",
        body: part.bytes,
        headers: { "x-part-count": String(part.count) },
      }),
  };
};

export const tipFrom = (newsroom: PaperNewsroom, source: TestSource, text = "Look behind it.") =>
  sealTip(sodium, newsroom, { source: source.keys, addressed: [1, 2], text });

/** The answer to a message post. */
export const parseStored = (got: Got) => {
  const reader = readerOf(new Uint8Array(got.bytes));
  const result = reader.u8();
  const headerHash = Buffer.from(reader.bytes(32)).toString("hex");
  const arrival = reader.u32();
  reader.end();
  return { result, headerHash, arrival };
};

export const list = (items: readonly Uint8Array[]): Uint8Array =>
  concat([u16(items.length), ...items]);

export const positionsOf = (newsroom: PaperNewsroom): number =>
  currentMembers(newsroom.roster).length;
