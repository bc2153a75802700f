import { base64url, equal, hex, readerOf } from "../../../../protocol/public/bytes.ts";
import type { StaticPublicKey } from "../../../../protocol/public/crypto.ts";
import { parseHeader } from "../../../../protocol/public/envelope.ts";
import { ID } from "../../../../protocol/public/limits.ts";
import { vouchOf } from "../../../../protocol/public/mailbox.ts";
import type { Roster, RosterEntry } from "../../../../protocol/public/roster.ts";
import type { Body } from "../../../../protocol/secret/body.ts";
import { openBody } from "../../../../protocol/secret/content.ts";
import { checkMailboxKeys, type Origin, originOf } from "../../../../protocol/secret/origin.ts";
import { codeOf } from "../../../kit/code-error.ts";
import type { World } from "../world.ts";
import type { Conversation } from "./book.ts";
import type { Known } from "./known.ts";

/** The bodies of one mailbox, opened. The server gives all of a mailbox's, so it does not learn which of them are this reader's. */

const MOST_SEALED = 1_048_592;

export type Read =
  | { readonly kind: "open"; readonly known: Known; readonly body: Body; readonly origin: Origin }
  | { readonly kind: "refused"; readonly known: Known; readonly why: "broken" | "stolen" | "gone" };

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

const fetchBodies = async (
  world: World,
  { messages }: Conversation,
): Promise<ReadonlyMap<string, Uint8Array>> => {
  const [first] = messages;
  if (first === undefined) return new Map();
  const { mailboxId } = parseHeader(first.headerBytes);
  try {
    return parseBodies(await world.api.bytes(`/api/mailboxes/${base64url(mailboxId)}/bodies`));
  } catch (error) {
    // The whole mailbox was deleted meanwhile.
    if (codeOf(error) === "not-found") return new Map();
    throw error;
  }
};

/** Oldest first. Throws offline and the server's refusals. */
export const readBodies = async (
  world: World,
  conversation: Conversation,
): Promise<readonly Read[]> => {
  const bodies = await fetchBodies(world, conversation);
  return conversation.messages.map((known) => {
    const sealed = bodies.get(hex(known.messageId));
    if (sealed === undefined) return { kind: "refused", known, why: "gone" };
    return readOne(world, known, sealed);
  });
};
