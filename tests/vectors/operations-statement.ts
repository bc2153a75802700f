import { openBundle, parseBundle } from "../../src/protocol/public/bundle.ts";
import { hex } from "../../src/protocol/public/bytes.ts";
import type {
  IdentityPublicKey,
  NewsroomId,
  NewsroomPublicKey,
  PublicCrypto,
  StaticPublicKey,
} from "../../src/protocol/public/crypto.ts";
import { SealdropError } from "../../src/protocol/public/errors.ts";
import { keyChangeWords, openKeyChange } from "../../src/protocol/public/key-change.ts";
import { openMessagingKey, recipientsOf } from "../../src/protocol/public/messaging-key.ts";
import {
  eraNamed,
  keyOfRoster,
  newestEra,
  openNewsroomKeys,
} from "../../src/protocol/public/newsroom-keys.ts";
import {
  checkDates,
  currentMembers,
  openRoster,
  parseRoster,
} from "../../src/protocol/public/roster.ts";
import { checkFollows } from "../../src/protocol/public/roster-chain.ts";
import { parseSettings, settingsHash } from "../../src/protocol/public/settings.ts";
import { openNewsroomCreated, parseStatement } from "../../src/protocol/public/statement.ts";
import { fingerprintWords } from "../../src/protocol/public/words.ts";
import { inviteToken, inviteWords } from "../../src/protocol/secret/enrolment.ts";
import { commitToNext, seedOfNewsroomWords } from "../../src/protocol/secret/sign.ts";
import type { Inputs } from "./case.ts";
import type { Operations } from "./operations.ts";

const newsroomOf = (inputs: Inputs) => ({
  newsroomId: inputs.bytes("newsroomId") as NewsroomId,
  key: inputs.bytes("newsroomKey") as NewsroomPublicKey,
});

const rosterOf = (crypto: PublicCrypto, inputs: Inputs, name = "roster") =>
  openRoster(crypto, inputs.bytes(name), newsroomOf(inputs));

/** Everything about newsroom, settings, roster and keys. docs/protocol.md §4 to §8, §14. */
export const STATEMENT_OPERATIONS: Operations = {
  "newsroom-created": {
    yes: "valid",
    run: (crypto, inputs) => {
      const made = openNewsroomCreated(crypto, inputs.bytes("statement"));
      return {
        newsroomId: hex(made.newsroomId),
        newsroomKey: hex(made.newsroomKey),
        nextCommitment: hex(made.nextCommitment),
        day: made.day,
        words: fingerprintWords(crypto, made.newsroomKey).join(" "),
      };
    },
  },
  "newsroom-keys": {
    yes: "valid",
    run: (crypto, inputs) => {
      const keys = openNewsroomKeys(crypto, inputs.list("statements"));
      return {
        newsroomId: hex(keys.newsroomId),
        words: fingerprintWords(crypto, newestEra(keys).key).join(" "),
        eras: keys.eras.map(({ key, nextCommitment, afterRoster, day, stolen }) => ({
          key: hex(key),
          nextCommitment: hex(nextCommitment),
          afterRoster,
          day,
          stolen,
        })),
      };
    },
  },
  "roster-of-era": {
    yes: "valid",
    run: (crypto, inputs) => {
      const keys = openNewsroomKeys(crypto, inputs.list("statements"));
      const key = keyOfRoster(keys, inputs.number("number"));
      const { newsroomId } = keys;
      return openRoster(crypto, inputs.bytes("roster"), { newsroomId, key }).number;
    },
  },
  "newsroom-words": {
    yes: "valid",
    run: (crypto, inputs) => ({
      seed: hex(seedOfNewsroomWords(crypto, inputs.bytes("words"))),
      commitment: hex(commitToNext(crypto, inputs.bytes("words"))),
    }),
  },
  settings: {
    yes: "valid",
    run: (crypto, inputs) => {
      const bytes = inputs.bytes("settings");
      const settings = parseSettings(bytes);
      return {
        hash: hex(settingsHash(crypto, bytes)),
        newsroomName: settings.newsroomName,
        words: Object.fromEntries(settings.words),
        retentionDays: settings.retentionDays,
      };
    },
  },
  roster: {
    yes: "valid",
    run: (crypto, inputs) => {
      const roster = rosterOf(crypto, inputs);
      if (inputs.has("today")) checkDates(roster, inputs.number("today"));
      return {
        number: roster.number,
        hash: hex(roster.hash),
        membersHash: hex(roster.membersHash),
        current: currentMembers(roster).map((entry) => entry.memberNumber),
      };
    },
  },
  "roster-follows": {
    yes: "valid",
    run: (crypto, inputs) => {
      const previous = inputs.has("previous") ? rosterOf(crypto, inputs, "previous") : null;
      const next = parseRoster(parseStatement(inputs.bytes("next"), "roster").payload);
      checkFollows(previous, next);
      return next.number;
    },
  },
  "messaging-key": {
    yes: "valid",
    run: (crypto, inputs) => {
      const { generation, period, key } = openMessagingKey(crypto, inputs.bytes("statement"), {
        newsroomId: inputs.bytes("newsroomId") as NewsroomId,
        memberNumber: inputs.number("memberNumber"),
        identity: inputs.bytes("identity") as IdentityPublicKey,
      });
      return { generation, period, keyHash: hex(crypto.sha256(key)) };
    },
  },
  "key-change": {
    yes: "valid",
    run: (crypto, inputs) => {
      const change = openKeyChange(crypto, inputs.bytes("statement"), {
        newsroomId: inputs.bytes("newsroomId") as NewsroomId,
        memberNumber: inputs.number("memberNumber"),
        identity: inputs.bytes("identity") as IdentityPublicKey,
      });
      return {
        stolen: change.stolen,
        identity: hex(change.identity),
        static: hex(change.static),
        words: keyChangeWords(crypto, newsroomOf(inputs), change).join(" "),
      };
    },
  },
  recipients: {
    yes: "valid",
    run: (crypto, inputs) => {
      const roster = rosterOf(crypto, inputs);
      const keys = { roster, period: inputs.number("period") };
      return recipientsOf(crypto, inputs.list("statements"), keys).map(({ entry, messaging }) => ({
        position: entry.position,
        memberNumber: entry.memberNumber,
        keyHash: messaging === null ? null : hex(crypto.sha256(messaging)),
      }));
    },
  },
  bundle: {
    yes: "valid",
    run: (crypto, inputs) => {
      const bundle = parseBundle(inputs.bytes("bundle"));
      const newsroom = openBundle(crypto, bundle);
      if (inputs.has("fingerprint") && eraNamed(newsroom, inputs.bytes("fingerprint")) < 0) {
        throw new SealdropError("wrong-newsroom");
      }
      checkDates(newsroom.roster, inputs.number("today"));
      const keys = { roster: newsroom.roster, period: inputs.number("period") };
      return {
        newsroomName: newsroom.settings.newsroomName,
        rosterNumber: newsroom.roster.number,
        reachable: recipientsOf(crypto, bundle.messagingKeys, keys)
          .filter(({ messaging }) => messaging !== null)
          .map(({ entry }) => entry.memberNumber),
      };
    },
  },
  enrolment: {
    yes: "valid",
    run: (crypto, inputs) => {
      const secret = inputs.bytes("secret");
      const enrolment = {
        newsroomId: inputs.bytes("newsroomId") as NewsroomId,
        newsroomKey: inputs.bytes("newsroomKey") as NewsroomPublicKey,
        userName: inputs.text("userName"),
        name: inputs.text("name"),
        identity: inputs.bytes("identity") as IdentityPublicKey,
        static: inputs.bytes("static") as StaticPublicKey,
      };
      return {
        token: hex(inviteToken(crypto, secret)),
        words: inviteWords(crypto, secret, enrolment).join(" "),
      };
    },
  },
};
