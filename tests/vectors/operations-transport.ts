import { parseBlock, parseMailboxAnswer } from "../../src/protocol/public/block.ts";
import { hex } from "../../src/protocol/public/bytes.ts";
import { parseChallenge } from "../../src/protocol/public/mailbox.ts";
import { parseMessagePost } from "../../src/protocol/public/message-post.ts";
import type { Operations } from "./operations.ts";

/** What only travels: posts, blocks, mailbox answers, challenges. docs/protocol.md §9.3, §10.6, §12. */
export const TRANSPORT_OPERATIONS: Operations = {
  "parse-post": {
    yes: "valid",
    run: (crypto, inputs) => {
      const { uploads, message } = parseMessagePost(crypto, inputs.bytes("post"));
      return {
        uploads: uploads.map((claim) => [hex(claim.uploadId), claim.partCount]),
        messageId: hex(message.header.messageId),
      };
    },
  },
  "parse-block": {
    yes: "valid",
    run: (crypto, inputs) => {
      const { rows, more } = parseBlock(inputs.bytes("block"));
      return {
        more,
        rows: rows.map((row) => ({
          arrival: row.arrival,
          day: row.day,
          by: row.by,
          headerSha256: hex(crypto.sha256(row.header)),
          bodyHash: hex(row.bodyHash),
          own: row.own === null ? null : [row.own.kind, hex(crypto.sha256(row.own.bytes))],
        })),
      };
    },
  },
  "parse-mailbox-answer": {
    yes: "valid",
    run: (crypto, inputs) => {
      const { rows, more } = parseMailboxAnswer(inputs.bytes("answer"));
      return {
        more,
        rows: rows.map((row) => ({
          arrival: row.arrival,
          day: row.day,
          by: row.by,
          bodyLength: row.sealedBody.length,
          slotSha256: hex(crypto.sha256(row.slot)),
        })),
      };
    },
  },
  "parse-challenge": {
    yes: "valid",
    run: (_crypto, inputs) => {
      const { nonce, expires, serverKey } = parseChallenge(inputs.bytes("challenge"));
      return { nonce: hex(nonce), expires, serverKey: hex(serverKey) };
    },
  },
};
