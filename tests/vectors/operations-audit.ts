import { auditBodyHash, nextAuditHead, parseAuditBody } from "../../src/protocol/public/audit.ts";
import { hex } from "../../src/protocol/public/bytes.ts";
import type {
  NewsroomId,
  NewsroomPublicKey,
  StaticPublicKey,
} from "../../src/protocol/public/crypto.ts";
import { openRecoveryAnswer, requestWords } from "../../src/protocol/secret/recovery-request.ts";
import {
  parseWordShare,
  rehearsalAnswer,
  rehearsalKey,
  wordCheck,
} from "../../src/protocol/secret/word-share.ts";
import type { Operations } from "./operations.ts";

/** Lines of the audit trail, shares of words, and recovery by them. docs/protocol.md §18, §19. */
export const AUDIT_OPERATIONS: Operations = {
  "audit-line": {
    yes: "valid",
    run: (crypto, inputs) => {
      const newsroomId = inputs.bytes("newsroomId") as NewsroomId;
      const body = inputs.bytes("body");
      const { salt: _, ...said } = parseAuditBody(body);
      const bodyHash = auditBodyHash(crypto, newsroomId, body);
      const previous = { number: inputs.number("number") - 1, hash: inputs.bytes("previous") };
      const { hash } = nextAuditHead(crypto, newsroomId, { previous, bodyHash });
      return { ...said, bodyHash: hex(bodyHash), hash: hex(hash) };
    },
  },
  "word-share": {
    yes: "valid",
    run: (crypto, inputs) => {
      const newsroomId = inputs.bytes("newsroomId") as NewsroomId;
      const { words, setId, owner, serial, needed, count, check, piece } = parseWordShare(
        inputs.bytes("share"),
      );
      const entropy = inputs.bytes("words");
      const key = rehearsalKey(crypto, newsroomId, {
        setId,
        piece,
        holder: inputs.number("holder"),
      });
      return {
        of: { words, setId: hex(setId), owner, serial, needed, count },
        checks: hex(check) === hex(wordCheck(crypto, newsroomId, { setId, entropy })),
        rehearsalKey: hex(key),
        proof: hex(rehearsalAnswer(crypto, key, inputs.bytes("nonce"))),
      };
    },
  },
  "recovery-words": {
    yes: "valid",
    run: (crypto, inputs) => [
      ...requestWords(crypto, {
        newsroomId: inputs.bytes("newsroomId") as NewsroomId,
        newsroomKey: inputs.bytes("newsroomKey") as NewsroomPublicKey,
        userName: inputs.text("userName"),
        keys: { xwing: inputs.bytes("xwing"), x25519: inputs.bytes("x25519") },
      }),
    ],
  },
  "open-recovery-answer": {
    yes: "opened",
    run: (crypto, inputs) => {
      const [seed, secret] = [inputs.bytes("seed"), inputs.bytes("private")];
      const keys = { xwing: crypto.kemPublicKey(seed), x25519: crypto.x25519PublicKey(secret) };
      const share = openRecoveryAnswer(
        crypto,
        { seed, private: secret, public: keys },
        {
          newsroomId: inputs.bytes("newsroomId") as NewsroomId,
          holder: inputs.number("holder"),
          holderStatic: inputs.bytes("holderStatic") as StaticPublicKey,
          sealed: inputs.bytes("answer"),
        },
      );
      return share === null ? null : { setId: hex(share.setId), piece: hex(share.piece) };
    },
  },
};
