import type { World } from "../../src/browser/newsroom/worker/world.ts";
import { type BlockRow, encodeBlock } from "../../src/protocol/public/block.ts";
import { parseBundle } from "../../src/protocol/public/bundle.ts";
import type { MessageId } from "../../src/protocol/public/crypto.ts";
import { bodyHash, parseMessage } from "../../src/protocol/public/envelope.ts";
import { recipientsOn } from "../../src/protocol/public/messaging-key.ts";
import { openRoster, type VerifiedRoster } from "../../src/protocol/public/roster.ts";
import { sourceKeys } from "../../src/protocol/secret/codename.ts";
import type { NewsroomSeed } from "../../src/protocol/secret/crypto.ts";
import { sealMessage } from "../../src/protocol/secret/seal.ts";
import { signRoster } from "../../src/protocol/secret/sign.ts";
import { sumo as crypto } from "../vectors/backends.ts";
import type { TestServer } from "./server.ts";

/** Tips that a lying server shows a reader, without their ever having been stored: really sealed, under any list. */

/** Another list of that number than the newsroom's own, signed by whoever has the newsroom's key. */
export const otherRoster = ({ roster, newsroomId }: World, seed: NewsroomSeed): VerifiedRoster => {
  const other = { ...roster, validUntilDay: roster.validUntilDay - 1 };
  const key = crypto.ed25519PublicKey(seed) as World["newsroomKey"];
  return openRoster(crypto, signRoster(crypto, other, seed), { newsroomId, key });
};

export type Planted = { readonly roster: VerifiedRoster; readonly text: string };

/** As it stands in a block for this member. */
export const plantedRow = async (
  server: TestServer,
  { newsroomId, entry, today }: World,
  { roster, text }: Planted,
): Promise<BlockRow> => {
  const answer = await fetch(`${server.source}/api/newsroom`);
  const { messagingKeys } = parseBundle(new Uint8Array(await answer.arrayBuffer()));
  const { period, recipients } = recipientsOn(crypto, messagingKeys, { roster, today });
  const source = sourceKeys(crypto, newsroomId, crypto.random(16));
  const sealed = sealMessage(crypto, {
    roster,
    recipients,
    period,
    mailbox: source,
    messageId: crypto.random(16) as MessageId,
    addressed: new Set([entry.position]),
    sealToSource: true,
    sender: { public: source.static, private: source.staticPrivate },
    body: { kind: "message", answers: null, newest: [], text, files: [] },
  });
  const message = parseMessage(crypto, sealed.bytes);
  const slot = message.slots[entry.position];
  return {
    arrival: 1,
    day: today,
    by: "source",
    header: message.headerBytes,
    bodyHash: bodyHash(crypto, message.sealedBody),
    sealedSummary: message.sealedSummary,
    own: slot === undefined ? null : { kind: "slot", bytes: slot },
  };
};

/** These rows and no others, as the answer to every question for a block. */
export const showing = (rows: readonly BlockRow[]) => {
  const numbered = rows.map((row, at) => ({ ...row, arrival: rows.length - at }));
  return (url: string): Uint8Array | null =>
    url.includes("/api/messages/block") ? encodeBlock({ rows: numbered, more: false }) : null;
};
