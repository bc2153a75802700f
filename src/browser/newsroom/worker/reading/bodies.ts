import { base64url, equal, hex, readerOf } from "../../../../protocol/public/bytes.ts";
import type { StaticPublicKey } from "../../../../protocol/public/crypto.ts";
import { parseHeader } from "../../../../protocol/public/envelope.ts";
import { ID } from "../../../../protocol/public/limits.ts";
import { vouchOf } from "../../../../protocol/public/mailbox.ts";
import { encodeMailboxes, parseManyBodies } from "../../../../protocol/public/many.ts";
import type { Roster, RosterEntry } from "../../../../protocol/public/roster.ts";
import type { Body } from "../../../../protocol/secret/body.ts";
import { openBody } from "../../../../protocol/secret/content.ts";
import { checkMailboxKeys, type Origin, originOf } from "../../../../protocol/secret/origin.ts";
import { codeOf } from "../../../kit/code-error.ts";
import type { World } from "../world.ts";
import type { Conversation } from "./book.ts";
import type { Known } from "./known.ts";
import type { MessageShown } from "./shapes.ts";

/** The bodies of one mailbox, opened. The server gives all of a mailbox's, so it does not learn which of them are this reader's. */

const MOST_SEALED = 1_048_592;
const MOST_AT_ONCE = 64 * 1_048_576;
/** What a conversation may weigh to be fetched together with others. */
export const SMALL_BODIES = 262_144;

export type Refusal = Extract<MessageShown, { kind: "refused" }>["why"];

export type Read =
  | { readonly kind: "open"; readonly known: Known; readonly body: Body; readonly origin: Origin }
  | { readonly kind: "refused"; readonly known: Known; readonly why: Refusal };

const parseBodies = (bytes: Uint8Array): ReadonlyMap<string, Uint8Array> => {
  const reader = readerOf(bytes);
  const count = reader.u16();
  const bodies = new Map(
    Array.from(
      { length: count },
      () => [hex(reader.bytes(ID)), reader.sized(MOST_SEALED)] as const,
    ),
  );
  reader.end();
  return bodies;
};

const stolenEntry = (roster: Roster, sender: StaticPublicKey): RosterEntry | undefined =>
  roster.entries.find((entry) => entry.state === "stolen" && equal(entry.static, sender));

const readOne = (world: World, known: Known, sealedBody: Uint8Array): Read => {
  const { crypto, roster } = world;
  const { opened, headerBytes, sealedSummary } = known;
  if (opened === null) return { kind: "refused", known, why: "broken" };
  const { contentKey, senderStatic } = opened;
  if (stolenEntry(roster, senderStatic) !== undefined) {
    return { kind: "refused", known, why: "stolen" };
  }
  try {
    const body = openBody(crypto, { contentKey, headerBytes }, { sealedSummary, sealedBody });
    checkMailboxKeys(crypto, headerBytes, body.source);
    const vouch = vouchOf(crypto, body.source);
    const origin = originOf(crypto, { headerBytes, vouch, senderStatic, roster });
    return { kind: "open", known, body, origin };
  } catch (error) {
    if (!["message-broken", "bad-structure"].includes(codeOf(error))) throw error;
    return { kind: "refused", known, why: "broken" };
  }
};

type Bodies = ReadonlyMap<string, Uint8Array>;

const ifThere = async <Found>(ask: Promise<Found>, otherwise: Found): Promise<Found> => {
  try {
    return await ask;
  } catch (error) {
    // Deleted meanwhile.
    if (codeOf(error) !== "not-found") throw error;
    return otherwise;
  }
};

const fetchAll = async (world: World, { messages }: Conversation): Promise<Bodies> => {
  const [first] = messages;
  if (first === undefined) return new Map();
  const { mailboxId } = parseHeader(first.headerBytes);
  return parseBodies(await world.api.bytes(`/api/mailboxes/${base64url(mailboxId)}/bodies`));
};

/** The newest, as many as may stand in memory at once. */
const newestOf = ({ messages }: Conversation): readonly Known[] => {
  let left = MOST_AT_ONCE;
  return [...messages].reverse().filter(({ bodyBytes }) => {
    left -= bodyBytes;
    return left >= 0;
  });
};

const readNewest = async (world: World, conversation: Conversation): Promise<readonly Read[]> => {
  const wanted = new Set(newestOf(conversation).map(({ key }) => key));
  const reads: Read[] = [];
  for (const known of conversation.messages) {
    if (!wanted.has(known.key)) {
      reads.push({ kind: "refused", known, why: "too-much" });
      continue;
    }
    const path = `/api/messages/${base64url(known.messageId)}/body`;
    const sealed = await ifThere<Uint8Array | null>(world.api.bytes(path), null);
    reads.push(sealed === null ? gone(known) : readOne(world, known, sealed));
  }
  return reads;
};

const readFrom = (world: World, { messages }: Conversation, bodies: Bodies): readonly Read[] =>
  messages.map((known) => {
    const sealed = bodies.get(hex(known.messageId));
    return sealed === undefined ? gone(known) : readOne(world, known, sealed);
  });

/** Of several conversations, all of them small, in one request. In their order. Throws offline and the server's refusals. */
export const readManyBodies = async (
  world: World,
  conversations: readonly Conversation[],
): Promise<readonly (readonly Read[])[]> => {
  const mailboxes = conversations.flatMap(({ messages }) =>
    messages.slice(0, 1).map(({ headerBytes }) => parseHeader(headerBytes).mailboxId),
  );
  const body = encodeMailboxes(mailboxes);
  const answer = parseManyBodies(await world.api.bytes("/api/mailboxes/bodies", { body }));
  const bodies = new Map(answer.map(({ messageId, sealedBody }) => [hex(messageId), sealedBody]));
  return conversations.map((conversation) => readFrom(world, conversation, bodies));
};

const gone = (known: Known): Read => ({ kind: "refused", known, why: "gone" });

/**
 * Oldest first. `bytes`: of all bodies of the mailbox. Where they are too many for memory, only this reader's newest are fetched, one
 * by one: a mailbox filled on purpose must stay possible to open, and so to delete. Throws offline and the server's refusals.
 */
export const readBodies = async (
  world: World,
  conversation: Conversation,
  bytes: number,
): Promise<readonly Read[]> => {
  if (bytes > MOST_AT_ONCE) return readNewest(world, conversation);
  const bodies = await ifThere<Bodies>(fetchAll(world, conversation), new Map());
  return readFrom(world, conversation, bodies);
};
