import type { HeaderHash, MessageId } from "../../../protocol/public/crypto.ts";
import { ID } from "../../../protocol/public/limits.ts";
import { encodeMessagePost } from "../../../protocol/public/message-post.ts";
import { currentMembers } from "../../../protocol/public/roster.ts";
import type { FileEntry } from "../../../protocol/secret/body.ts";
import type { SecretCrypto } from "../../../protocol/secret/crypto.ts";
import { type SealedMessage, sealMessage } from "../../../protocol/secret/seal.ts";
import { CodeError, codeOf } from "../../kit/code-error.ts";
import type { SendInput } from "./api.ts";
import type { Mailbox } from "./mailbox.ts";
import type { OpenedNewsroom } from "./newsroom.ts";
import { claimOf } from "./uploads.ts";

export type Draft = {
  readonly input: SendInput;
  readonly messageId: MessageId;
  readonly files: readonly FileEntry[];
  readonly answers: HeaderHash | null;
  readonly newest: readonly HeaderHash[];
};

export type SendWorld = {
  readonly crypto: SecretCrypto;
  readonly mailbox: Mailbox;
  readonly opened: OpenedNewsroom;
  /** The server's list as it is now, verified against the one at hand. */
  readonly renew: (nowMs: number) => Promise<OpenedNewsroom>;
};

/** Made once for a message and kept over every try: sent twice, it is stored once. */
export const newMessageId = (crypto: SecretCrypto): MessageId => crypto.random(ID) as MessageId;

/** Positions of those chosen who can be reached; the rest of the chosen makes it a different promise. */
function addressedOf(opened: OpenedNewsroom, chosen: readonly number[]): ReadonlySet<number> {
  const reachable = opened.recipients.filter(
    ({ entry, messaging }) => messaging !== null && chosen.includes(entry.memberNumber),
  );
  if (reachable.length !== chosen.length) throw new CodeError("readers-changed");
  return new Set(reachable.map(({ entry }) => entry.position));
}

function sealDraft(world: SendWorld, opened: OpenedNewsroom, draft: Draft): SealedMessage {
  if (opened.writing !== "open") throw new CodeError("readers-changed");
  const { keys } = world.mailbox;
  return sealMessage(world.crypto, {
    roster: opened.newsroom.roster,
    recipients: opened.recipients,
    period: opened.period,
    mailbox: keys,
    messageId: draft.messageId,
    addressed: addressedOf(opened, draft.input.readers),
    sealToSource: draft.input.reRead,
    sender: { public: keys.static, private: keys.staticPrivate },
    body: {
      kind: "message",
      answers: draft.answers,
      newest: draft.newest,
      text: draft.input.text,
      files: draft.files,
    },
  });
}

async function post(world: SendWorld, opened: OpenedNewsroom, draft: Draft): Promise<void> {
  const sealed = sealDraft(world, opened, draft);
  world.crypto.wipe(sealed.contentKey);
  const body = encodeMessagePost(draft.files.map(claimOf), sealed.bytes);
  await world.mailbox.request("/api/messages", { body, repeat: true });
}

/** Whether the list the source looked at still says the same, name by name. */
function sameReaders(
  before: OpenedNewsroom,
  after: OpenedNewsroom,
  chosen: readonly number[],
): boolean {
  const old = currentMembers(before.newsroom.roster);
  const now = currentMembers(after.newsroom.roster);
  return chosen.every((number) => {
    const was = old.find((entry) => entry.memberNumber === number);
    return now.some((entry) => entry.memberNumber === number && entry.name === was?.name);
  });
}

/**
 * Seals and posts until the server has committed; a broken line is tried again with the same id.
 * A list that changed meanwhile is fetched, checked and sealed to anew, unless that would change
 * who reads: then "readers-changed", and the source decides. Answers the list it was sealed under.
 */
export async function sendDraft(world: SendWorld, draft: Draft): Promise<OpenedNewsroom> {
  let opened = world.opened;
  for (let tries = 0; ; tries += 1) {
    try {
      await post(world, opened, draft);
      return opened;
    } catch (error) {
      if (codeOf(error) !== "roster-changed" || tries === 3) throw error;
    }
    const renewed = await world.renew(draft.input.nowMs);
    if (!sameReaders(opened, renewed, draft.input.readers)) throw new CodeError("readers-changed");
    opened = renewed;
  }
}
