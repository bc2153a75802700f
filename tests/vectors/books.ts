import type { PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import type { VectorBook } from "./case.ts";
import { makeAudit } from "./make-audit.ts";
import { makeBundles } from "./make-bundle.ts";
import { makeAttachments } from "./make-files.ts";
import { makeHistories } from "./make-history.ts";
import { makeKeyChanges } from "./make-key-change.ts";
import { makeLetters } from "./make-letters.ts";
import { makeLog } from "./make-log.ts";
import { makeCodenames, makeLogins, makeWraps } from "./make-mailbox.ts";
import { makeMessages } from "./make-messages.ts";
import { makeReplies } from "./make-replies.ts";
import { makeRosters } from "./make-roster.ts";
import { makeRotated } from "./make-rotated.ts";
import { makeSignIn } from "./make-sign-in.ts";
import { makeCreated, makeMessagingKeys, makeSettings } from "./make-statements.ts";
import { makeTransport } from "./make-transport.ts";
import { makeEnrolments, makeVaults } from "./make-vault.ts";
import { repeatableRandom } from "./random.ts";

const MAKERS: Readonly<Record<string, (crypto: PassphraseCrypto) => VectorBook>> = {
  "newsroom-created": makeCreated,
  "newsroom-rotated": makeRotated,
  settings: makeSettings,
  roster: makeRosters,
  "messaging-key": makeMessagingKeys,
  bundle: makeBundles,
  message: makeMessages,
  reply: makeReplies,
  codename: makeCodenames,
  login: makeLogins,
  "archive-wrap": makeWraps,
  history: makeHistories,
  attachment: makeAttachments,
  vault: makeVaults,
  enrolment: makeEnrolments,
  "sign-in": makeSignIn,
  transport: makeTransport,
  "key-change": makeKeyChanges,
  audit: makeAudit,
  log: makeLog,
  letters: makeLetters,
};

export const BOOK_NAMES: readonly string[] = Object.keys(MAKERS);

/** One file of vectors. The randomness begins anew for each, so that one more case here moves nothing there. */
export const makeBook = (crypto: PassphraseCrypto, name: string): VectorBook => {
  const make = MAKERS[name];
  if (make === undefined) throw new Error(`no vectors named ${name}`);
  return make({ ...crypto, random: repeatableRandom(`sealdrop vectors ${name}`) });
};

export const bookText = (book: VectorBook): string => `${JSON.stringify(book, null, 1)}\n`;
