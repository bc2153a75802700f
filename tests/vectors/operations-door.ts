import { paddedLength, partCount, partLength } from "../../src/protocol/public/attachment.ts";
import { hex } from "../../src/protocol/public/bytes.ts";
import type { NewsroomId, UploadId } from "../../src/protocol/public/crypto.ts";
import {
  checkAnswer,
  encodeAnswer,
  mailboxKeysHash,
  parseAnswer,
  parseChallenge,
  vouchOf,
} from "../../src/protocol/public/mailbox.ts";
import { openChunk, sealChunk } from "../../src/protocol/secret/chunk.ts";
import { codenameWords, parseCodename, sourceKeys } from "../../src/protocol/secret/codename.ts";
import type { FileKey, VaultKey } from "../../src/protocol/secret/crypto.ts";
import { answerChallenge } from "../../src/protocol/secret/mailbox-login.ts";
import { passkeyDoor, passkeyKeys, passkeySalt } from "../../src/protocol/secret/passkey.ts";
import {
  type DoorKeys,
  passphraseKeys,
  recoveryKeys,
} from "../../src/protocol/secret/passphrase.ts";
import { openRecords, unwrapVaultKey, type VaultDoor } from "../../src/protocol/secret/vault.ts";
import type { Inputs } from "./case.ts";
import type { Operations } from "./operations.ts";

const newsroomIdOf = (inputs: Inputs) => inputs.bytes("newsroomId") as NewsroomId;

const ownerOf = (inputs: Inputs) => ({
  newsroomId: newsroomIdOf(inputs),
  userName: inputs.text("userName"),
});

const doorKeysOf = ({ authKey, unlockKey }: DoorKeys) => ({
  authKey: hex(authKey),
  unlockKey: hex(unlockKey),
});

/** Byte i of a vector's file is i modulo 251, so that no file has to be written down. */
const fileBytes = (from: number, to: number): Uint8Array =>
  Uint8Array.from({ length: to - from }, (_, index) => (from + index) % 251);

/** Codenames, log-in, vaults and files. docs/protocol.md §9, §11, §13. */
export const DOOR_OPERATIONS: Operations = {
  codename: {
    yes: "valid",
    run: (_crypto, inputs) => {
      const codename = parseCodename(inputs.text("typed"));
      return { codename: hex(codename), words: codenameWords(codename).join(" ") };
    },
  },
  "source-keys": {
    yes: "valid",
    run: (crypto, inputs) => {
      const keys = sourceKeys(crypto, newsroomIdOf(inputs), inputs.bytes("codename"));
      return {
        mailboxPrivate: hex(keys.mailboxPrivate),
        mailbox: hex(keys.mailbox),
        staticPrivate: hex(keys.staticPrivate),
        static: hex(keys.static),
        replySeed: hex(keys.replySeed),
        replySha256: hex(crypto.sha256(keys.reply)),
        keysHash: hex(mailboxKeysHash(crypto, vouchOf(crypto, keys))),
        mailboxId: hex(keys.id),
      };
    },
  },
  "answer-challenge": {
    yes: "valid",
    run: (crypto, inputs) => {
      const newsroomId = newsroomIdOf(inputs);
      const source = sourceKeys(crypto, newsroomId, inputs.bytes("codename"));
      const challenge = parseChallenge(inputs.bytes("challenge"));
      return hex(encodeAnswer(answerChallenge(crypto, challenge, { newsroomId, source })));
    },
  },
  "check-answer": {
    yes: "valid",
    run: (crypto, inputs) =>
      hex(
        checkAnswer(crypto, parseAnswer(inputs.bytes("answer")), {
          newsroomId: newsroomIdOf(inputs),
          secret: inputs.bytes("serverSecret"),
          now: inputs.number("now"),
        }),
      ),
  },
  "passphrase-keys": {
    yes: "valid",
    run: (crypto, inputs) => {
      const parameters = {
        salt: inputs.bytes("salt"),
        memoryKiB: inputs.number("memoryKiB"),
        passes: inputs.number("passes"),
      };
      const passphrase = inputs.text("passphrase");
      const deviceSecret = inputs.has("deviceSecret") ? inputs.bytes("deviceSecret") : null;
      const owner = ownerOf(inputs);
      return doorKeysOf(passphraseKeys(crypto, { owner, passphrase, parameters, deviceSecret }));
    },
  },
  "recovery-keys": {
    yes: "valid",
    run: (crypto, inputs) =>
      doorKeysOf(recoveryKeys(crypto, ownerOf(inputs), inputs.bytes("words"))),
  },
  "passkey-keys": {
    yes: "valid",
    run: (crypto, inputs) => {
      const owner = ownerOf(inputs);
      const credentialId = inputs.bytes("credentialId");
      const output = inputs.bytes("output");
      return {
        salt: hex(passkeySalt(crypto, owner)),
        door: passkeyDoor(credentialId),
        ...doorKeysOf(passkeyKeys(crypto, owner, { credentialId, output })),
      };
    },
  },
  "unwrap-vault-key": {
    yes: "opened",
    run: (crypto, inputs) => {
      const door = inputs.text("door") as VaultDoor;
      const unlockKey = inputs.bytes("unlockKey");
      return hex(
        unwrapVaultKey(
          crypto,
          { owner: ownerOf(inputs), door, unlockKey },
          inputs.bytes("wrapped"),
        ),
      );
    },
  },
  "open-vault": {
    yes: "opened",
    run: (crypto, inputs) => {
      const vault = { owner: ownerOf(inputs), vaultKey: inputs.bytes("vaultKey") as VaultKey };
      const records = openRecords(crypto, vault, {
        version: inputs.number("version"),
        list: inputs.bytes("list"),
        records: inputs.table("records"),
      });
      return Object.fromEntries([...records].map(([id, bytes]) => [id, hex(bytes)]));
    },
  },
  "padded-length": {
    yes: "valid",
    run: (_crypto, inputs) => {
      const length = inputs.number("length");
      const parts = partCount(length);
      const padded = paddedLength(length);
      return { padded, parts, lastPart: partLength(padded, parts - 1) };
    },
  },
  "open-chunk": {
    yes: "opened",
    run: (crypto, inputs) => {
      const file = (prefix: string) => ({
        key: inputs.bytes("key") as FileKey,
        uploadId: inputs.bytes(`${prefix}UploadId`) as UploadId,
        length: inputs.number(`${prefix}Length`),
      });
      const nonce = inputs.bytes("nonce");
      const index = inputs.number("sealedIndex");
      const [from = 0, to = 0] = inputs.numbers("sealedRange");
      const sealing = { ...crypto, random: () => nonce };
      const sealed = sealChunk(sealing, file("sealed"), { index, bytes: fileBytes(from, to) });
      const at = inputs.number("changeAt");
      if (at >= 0) sealed[at] = (sealed[at] ?? 0) ^ 1;
      const part = sealed.slice(0, inputs.number("cut"));
      const opened = openChunk(crypto, file("opened"), {
        index: inputs.number("openedIndex"),
        bytes: part,
      });
      return {
        sealedSha256: hex(crypto.sha256(part)),
        textSha256: hex(crypto.sha256(opened)),
        length: opened.length,
      };
    },
  },
};
