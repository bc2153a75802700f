import { partCount } from "../../src/protocol/public/attachment.ts";
import { openBundle, parseBundle } from "../../src/protocol/public/bundle.ts";
import { base64url } from "../../src/protocol/public/bytes.ts";
import type { HeaderHash, MessageId, UploadId } from "../../src/protocol/public/crypto.ts";
import { encodeAnswer, parseChallenge } from "../../src/protocol/public/mailbox.ts";
import { encodeMessagePost } from "../../src/protocol/public/message-post.ts";
import { recipientsOn } from "../../src/protocol/public/messaging-key.ts";
import { dayOf } from "../../src/protocol/public/time.ts";
import type { FileEntry } from "../../src/protocol/secret/body.ts";
import { chunkRange, sealChunk } from "../../src/protocol/secret/chunk.ts";
import { type SourceKeys, sourceKeys } from "../../src/protocol/secret/codename.ts";
import type { FileKey } from "../../src/protocol/secret/crypto.ts";
import { answerChallenge } from "../../src/protocol/secret/mailbox-login.ts";
import { sealMessage } from "../../src/protocol/secret/seal.ts";
import { realCrypto } from "./hostile-bundles.ts";

/** A source without a browser, for tests of what staff see: everything really sealed, sent over the real listener. */

export type QuickFile = {
  readonly name: string;
  readonly type: string;
  readonly length: number;
  /** The bytes of a part of it. */
  slice(from: number, to: number): Uint8Array;
};

export type QuickTip = {
  readonly text: string;
  readonly files?: readonly QuickFile[];
  /** Names of the journalists addressed; everybody when left out. */
  readonly to?: readonly string[];
  readonly newest?: readonly HeaderHash[];
};

export type QuickSource = {
  readonly keys: SourceKeys;
  send(tip: QuickTip): Promise<HeaderHash>;
};

const crypto = await realCrypto();

/** `now`: of a server whose clock a test moves. */
export const openQuickSource = async (origin: string, now = Date.now()): Promise<QuickSource> => {
  const ask = async (path: string, init: RequestInit = {}): Promise<Uint8Array> => {
    const answer = await fetch(`${origin}${path}`, init);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return new Uint8Array(await answer.arrayBuffer());
  };
  const type = { "content-type": "application/octet-stream" };
  const post = (path: string, body: Uint8Array, headers: Record<string, string> = {}) =>
    ask(path, { method: "POST", body: body as BodyInit, headers: { ...type, ...headers } });

  const bundle = parseBundle(await ask("/api/newsroom"));
  const { newsroomId, roster } = openBundle(crypto, bundle);
  const today = dayOf(now);
  const { period, recipients } = recipientsOn(crypto, bundle.messagingKeys, { roster, today });
  const keys = sourceKeys(crypto, newsroomId, crypto.random(16));
  const challenge = parseChallenge(
    await ask("/api/mailbox/challenge", { method: "POST", headers: {} }),
  );
  const answer = answerChallenge(crypto, challenge, { newsroomId, source: keys });
  const token = base64url(await post("/api/mailbox/token", encodeAnswer(answer)));
  const authorization = { authorization: `Bearer ${token}` };

  const upload = async (file: QuickFile): Promise<FileEntry> => {
    const uploadId = crypto.random(16) as UploadId;
    const key = crypto.random(32) as FileKey;
    const parts = partCount(file.length);
    for (let index = 0; index < parts; index++) {
      const { from, to } = chunkRange(file.length, index);
      const chunk = { index, bytes: file.slice(from, to) };
      const part = sealChunk(crypto, { key, uploadId, length: file.length }, chunk);
      await ask(`/api/uploads/${base64url(uploadId)}/${index}`, {
        method: "PUT",
        body: part as BodyInit,
        headers: { ...type, ...authorization, "x-part-count": String(parts) },
      });
    }
    const { name, length } = file;
    return { uploadId, key, name, type: file.type, length, partCount: parts, cleaned: 0 };
  };

  return {
    keys,
    send: async (tip) => {
      const files: FileEntry[] = [];
      for (const file of tip.files ?? []) files.push(await upload(file));
      const wanted = recipients.filter(({ entry }) => tip.to?.includes(entry.name) ?? true);
      const sealed = sealMessage(crypto, {
        roster,
        recipients,
        period,
        mailbox: keys,
        messageId: crypto.random(16) as MessageId,
        addressed: new Set(wanted.map(({ entry }) => entry.position)),
        sealToSource: true,
        sender: { public: keys.static, private: keys.staticPrivate },
        body: { kind: "message", answers: null, newest: tip.newest ?? [], text: tip.text, files },
      });
      const claims = files.map(({ uploadId, partCount: parts }) => ({
        uploadId,
        partCount: parts,
      }));
      await post("/api/messages", encodeMessagePost(claims, sealed.bytes), authorization);
      return sealed.headerHash;
    },
  };
};

/** A file of a pattern that can be checked without keeping a copy. */
export const patternFile = (name: string, length: number): QuickFile => ({
  name,
  type: "application/pdf",
  length,
  slice: (from, to) => {
    const bytes = new Uint8Array(to - from);
    for (let i = 0; i < bytes.length; i++) bytes[i] = ((from + i) * 31 + ((from + i) >> 8)) & 255;
    return bytes;
  },
});
