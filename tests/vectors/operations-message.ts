import { hex } from "../../src/protocol/public/bytes.ts";
import type {
  HeaderHash,
  IdentityPublicKey,
  MessagingPublicKey,
  NewsroomId,
  NewsroomPublicKey,
  StaticPublicKey,
} from "../../src/protocol/public/crypto.ts";
import {
  bodyHash,
  deleteTokenHash,
  headerHash,
  isDeleteToken,
  parseHeader,
  parseMessage,
} from "../../src/protocol/public/envelope.ts";
import { SealdropError } from "../../src/protocol/public/errors.ts";
import { openRoster } from "../../src/protocol/public/roster.ts";
import { openWrap } from "../../src/protocol/secret/archive.ts";
import { deleteTokenOf, openBody, openSummary } from "../../src/protocol/secret/content.ts";
import type {
  ArchiveKey,
  MessagingSeed,
  SecretCrypto,
  StaticPrivateKey,
} from "../../src/protocol/secret/crypto.ts";
import { parseHistory } from "../../src/protocol/secret/history.ts";
import { checkMailboxKeys, originOf } from "../../src/protocol/secret/origin.ts";
import { openSlot, type SlotTry } from "../../src/protocol/secret/slot.ts";
import type { Inputs, Result } from "./case.ts";
import type { Operations } from "./operations.ts";

const tryOf = (inputs: Inputs): SlotTry => ({
  target: {
    headerBytes: inputs.bytes("header"),
    position: inputs.number("position"),
    identity: inputs.bytes("identity") as IdentityPublicKey,
    static: inputs.bytes("static") as StaticPublicKey,
    messaging: inputs.bytes("messaging") as MessagingPublicKey,
  },
  keys: {
    messagingSeed: inputs.bytes("messagingSeed") as MessagingSeed,
    staticPrivate: inputs.bytes("staticPrivate") as StaticPrivateKey,
  },
});

/** As any reader does: header, slot, summary without body, origin, body, mailbox keys. */
const readMessage = (crypto: SecretCrypto, inputs: Inputs): Result => {
  const headerBytes = inputs.bytes("header");
  const header = parseHeader(headerBytes);
  const opened = openSlot(crypto, inputs.bytes("slot"), tryOf(inputs));
  if (opened === null) return null;
  const opening = { contentKey: opened.contentKey, headerBytes };
  const sealedSummary = inputs.bytes("summary");
  const sealedBody = inputs.bytes("body");
  const hashed = bodyHash(crypto, sealedBody);
  const summary = openSummary(crypto, opening, { sealedSummary, bodyHash: hashed });
  const roster = openRoster(crypto, inputs.bytes("roster"), {
    newsroomId: inputs.bytes("newsroomId") as NewsroomId,
    key: inputs.bytes("newsroomKey") as NewsroomPublicKey,
  });
  const { senderStatic } = opened;
  const origin = originOf(crypto, { headerBytes, vouch: summary.source, senderStatic, roster });
  const body = openBody(crypto, opening, { sealedSummary, sealedBody });
  checkMailboxKeys(crypto, headerBytes, body.source);
  return {
    by: origin.by === "source" ? "source" : origin.entry.memberNumber,
    headerHash: hex(headerHash(crypto, headerBytes)),
    contentKey: hex(opened.contentKey),
    deleteToken: hex(deleteTokenOf(crypto, opened.contentKey)),
    mailboxId: hex(header.mailboxId),
    firstLine: summary.firstLine,
    kind: body.kind,
    text: body.text,
    readers: body.readers,
    answers: body.answers === null ? null : hex(body.answers),
    newest: body.newest.map(hex),
    files: body.files.map((file) => ({
      uploadId: hex(file.uploadId),
      key: hex(file.key),
      name: file.name,
      type: file.type,
      length: file.length,
      partCount: file.partCount,
    })),
  };
};

/** Messages and what is kept of them. docs/protocol.md §10, §12.3. */
export const MESSAGE_OPERATIONS: Operations = {
  "parse-message": {
    yes: "valid",
    run: (crypto, inputs) => {
      const { headerBytes, slots, header } = parseMessage(crypto, inputs.bytes("message"));
      return {
        headerHash: hex(headerHash(crypto, headerBytes)),
        mailboxId: hex(header.mailboxId),
        messageId: hex(header.messageId),
        rosterNumber: header.rosterNumber,
        period: header.period,
        bodyClass: header.bodyClass,
        slots: slots.length,
      };
    },
  },
  "open-message": { yes: "opened", run: readMessage },
  "delete-token": {
    yes: "valid",
    run: (crypto, inputs) => {
      const header = parseHeader(inputs.bytes("header"));
      const token = inputs.bytes("token");
      if (!isDeleteToken(crypto, token, header)) throw new SealdropError("wrong-answer");
      return hex(deleteTokenHash(crypto, token));
    },
  },
  "parse-history": {
    yes: "valid",
    run: (_crypto, inputs) =>
      parseHistory(inputs.bytes("history")).map((item) => ({
        header: hex(item.header),
        contentKey: hex(item.contentKey),
        senderStatic: hex(item.senderStatic),
        day: item.day,
      })),
  },
  "open-wrap": {
    yes: "opened",
    run: (crypto, inputs) => {
      const archive = {
        id: inputs.bytes("archiveId"),
        key: inputs.bytes("archiveKey") as ArchiveKey,
      };
      const header = inputs.bytes("headerHash") as HeaderHash;
      const opened = openWrap(crypto, archive, { wrap: inputs.bytes("wrap"), header });
      if (opened === null) return null;
      const { contentKey, senderStatic, sharedBy, day } = opened;
      return {
        contentKey: hex(contentKey),
        senderStatic: hex(senderStatic),
        sharedBy: sharedBy ?? 0,
        day,
      };
    },
  },
};
