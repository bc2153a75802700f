import { base64url } from "../../../protocol/public/bytes.ts";
import type { NewsroomId } from "../../../protocol/public/crypto.ts";
import { encodeAnswer, parseChallenge } from "../../../protocol/public/mailbox.ts";
import {
  codenameWords,
  makeCodename,
  type SourceKeys,
  sourceKeys,
  wipeSource,
} from "../../../protocol/secret/codename.ts";
import type { SecretCrypto } from "../../../protocol/secret/crypto.ts";
import { answerChallenge } from "../../../protocol/secret/mailbox-login.ts";
import { CodeError, codeOf } from "../../kit/code-error.ts";
import type { Http, HttpRequest } from "../../kit/http.ts";
import type { Sealer } from "./sealers.ts";

/** One source's mailbox: its keys, and a token that is fetched when first needed. */
export type Mailbox = {
  readonly keys: SourceKeys;
  /** The codename of a mailbox made here; null where the source typed it. */
  readonly words: () => readonly string[] | null;
  /** A request that needs the token; a token that is too old is fetched anew, once. */
  readonly request: (path: string, request: HttpRequest) => Promise<Uint8Array>;
  readonly wipe: () => void;
};

export type MailboxWorld = {
  readonly crypto: SecretCrypto;
  readonly http: Http;
  readonly newsroomId: NewsroomId;
  readonly seal: Sealer;
};

const staleToken = new Set(["wrong-answer", "not-logged-in", "forbidden"]);

async function logIn(world: MailboxWorld, keys: SourceKeys): Promise<string> {
  const asked = await world.http.bytes("/api/mailbox/challenge", { method: "POST", repeat: true });
  const answer = answerChallenge(world.crypto, parseChallenge(asked), {
    newsroomId: world.newsroomId,
    source: keys,
  });
  const token = await world.http.bytes("/api/mailbox/token", {
    body: encodeAnswer(answer),
    repeat: true,
  });
  return base64url(token);
}

function openMailbox(world: MailboxWorld, codename: Uint8Array, isNew: boolean): Mailbox {
  const keys = sourceKeys(world.crypto, world.newsroomId, codename);
  let token: Promise<string> | null = null;
  let wiped = false;
  const once = async (path: string, request: HttpRequest): Promise<Uint8Array> => {
    if (wiped) throw new CodeError("stopped");
    token ??= logIn(world, keys);
    const mine = token;
    try {
      const headers = { ...request.headers, authorization: `Bearer ${await mine}` };
      return await world.http.bytes(path, { ...request, headers });
    } catch (error) {
      if (token === mine && staleToken.has(codeOf(error))) token = null;
      throw error;
    }
  };
  return {
    keys,
    words: () => (isNew && !wiped ? codenameWords(codename) : null),
    request: async (path, request) => {
      try {
        return await once(path, request);
      } catch (error) {
        if (!staleToken.has(codeOf(error))) throw error;
        return once(path, request);
      }
    },
    wipe: () => {
      wiped = true;
      token = null;
      wipeSource(world.crypto, keys);
      world.crypto.wipe(codename);
    },
  };
}

export const newMailbox = (world: MailboxWorld): Mailbox =>
  openMailbox(world, makeCodename(world.crypto), true);

export const knownMailbox = (world: MailboxWorld, codename: Uint8Array): Mailbox =>
  openMailbox(world, codename, false);
