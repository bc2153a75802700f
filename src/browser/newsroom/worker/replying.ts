import { parseBundle } from "../../../protocol/public/bundle.ts";
import { readerOf } from "../../../protocol/public/bytes.ts";
import type { HeaderHash, MessageId } from "../../../protocol/public/crypto.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import { HASH, NEWEST_PLACES } from "../../../protocol/public/limits.ts";
import { encodeMessagePost } from "../../../protocol/public/message-post.ts";
import { recipientsOn } from "../../../protocol/public/messaging-key.ts";
import { checkDates, currentMembers } from "../../../protocol/public/roster.ts";
import { type SealedMessage, sealMessage } from "../../../protocol/secret/seal.ts";
import { codeOf } from "../../kit/code-error.ts";
import { type OpenConversation, replyBase, replyMembers } from "./reading/conversation.ts";
import type { World } from "./world.ts";

/** A reply: to the source, its writer, and the readers of the one message it answers. docs/protocol.md §10.8. */

export type Reply = {
  readonly open: OpenConversation;
  readonly text: string;
  /** Made once for a draft and kept over every retry: however often it is sent, it is stored once. */
  readonly messageId: MessageId;
};

export type Replied = {
  readonly arrival: number;
  /** Member numbers that were to read it and have no key now. */
  readonly unreachable: ReadonlySet<number>;
};

/** One more than this, and the list changes faster than anybody can write. */
const MOST_TRIES = 4;

/** What a message names as the newest that its writer saw. */
export const newestHashes = (open: OpenConversation): readonly HeaderHash[] =>
  open.reads
    .filter((read) => read.kind === "open")
    .slice(-NEWEST_PLACES)
    .map((read) => read.known.headerHash);

type Sealed = { readonly message: SealedMessage; readonly unreachable: ReadonlySet<number> };

const seal = async (world: World, reply: Reply): Promise<Sealed> => {
  const { crypto, own, today } = world;
  const base = replyBase(reply.open);
  if (base === null) throw new SealdropError("no-reader");
  const bundle = parseBundle(await world.api.bytes("/api/newsroom"));
  const { roster } = world;
  checkDates(roster, today);
  const { period, recipients } = recipientsOn(crypto, bundle.messagingKeys, { roster, today });
  const members = replyMembers(world, reply.open, base);
  const places = currentMembers(roster).filter((entry) => members.has(entry.memberNumber));
  const message = sealMessage(crypto, {
    roster,
    recipients,
    period,
    mailbox: base.body.source,
    messageId: reply.messageId,
    addressed: new Set(places.map((entry) => entry.position)),
    sealToSource: true,
    sender: { public: own.staticPublic, private: own.staticPrivate },
    body: {
      kind: "message",
      answers: base.known.headerHash,
      newest: newestHashes(reply.open),
      text: reply.text,
      files: [],
    },
  });
  const unreachable = places.filter((entry) => !message.readers.includes(entry.position));
  return { message, unreachable: new Set(unreachable.map((entry) => entry.memberNumber)) };
};

/** Answers its arrival. Throws roster-changed, offline and the server's refusals. */
const postMessage = async (world: World, sealed: SealedMessage): Promise<number> => {
  const body = encodeMessagePost([], sealed.bytes);
  const reader = readerOf(await world.api.bytes("/api/messages", { body }));
  reader.u8();
  // The stored header's hash: another one than ours means that an earlier try had arrived, and holds the same words.
  reader.bytes(HASH);
  const arrival = reader.u32();
  reader.end();
  return arrival;
};

/** Throws message-too-long, no-reader, roster-lapsed, offline and the server's refusals. */
export const sendReply = async (world: World, reply: Reply): Promise<Replied> => {
  for (let tries = 1; ; tries++) {
    const { message, unreachable } = await seal(world, reply);
    try {
      return { arrival: await postMessage(world, message), unreachable };
    } catch (error) {
      if (codeOf(error) !== "roster-changed" || tries === MOST_TRIES) throw error;
      await world.refreshRoster();
    }
  }
};
