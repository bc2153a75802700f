import { type Newsroom, openBundle, parseBundle } from "../../../protocol/public/bundle.ts";
import { equal } from "../../../protocol/public/bytes.ts";
import type { PublicCrypto } from "../../../protocol/public/crypto.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import { type Recipient, recipientsOn } from "../../../protocol/public/messaging-key.ts";
import { checkDates } from "../../../protocol/public/roster.ts";
import { isFingerprint } from "../../../protocol/public/statement.ts";
import { dayOf } from "../../../protocol/public/time.ts";
import { fingerprintWords } from "../../../protocol/public/words.ts";
import { CodeError } from "../../kit/code-error.ts";
import type { NewsroomView, OpenNewsroom, Reader, Writing } from "./api.ts";

/** A verified newsroom, and who of it can be sealed to on one day. */
export type OpenedNewsroom = {
  readonly newsroom: Newsroom;
  readonly recipients: readonly Recipient[];
  readonly period: number;
  readonly writing: Writing;
};

const isReachable = (recipient: Recipient): boolean => recipient.messaging !== null;

function datesOf(newsroom: Newsroom, today: number): Writing | null {
  try {
    checkDates(newsroom.roster, today);
    return null;
  } catch (error) {
    if (!(error instanceof SealdropError)) throw error;
    if (error.code === "roster-lapsed") return "lapsed";
    if (error.code === "roster-early") return "clock";
    throw error;
  }
}

function writingOf(newsroom: Newsroom, recipients: readonly Recipient[], today: number): Writing {
  const dates = datesOf(newsroom, today);
  if (dates !== null) return dates;
  if (newsroom.settings.pauseSentence !== "") return "paused";
  return recipients.some(isReachable) ? "open" : "nobody";
}

/**
 * Verifies everything the server said of the newsroom. Throws what the protocol throws, and
 * "fingerprint-differs" when the link named another newsroom key.
 */
export function openNewsroom(crypto: PublicCrypto, input: OpenNewsroom): OpenedNewsroom {
  const bundle = parseBundle(input.bundle);
  const newsroom = openBundle(crypto, bundle);
  if (input.fingerprint !== null && !isFingerprint(input.fingerprint, newsroom.newsroomKey)) {
    throw new CodeError("fingerprint-differs");
  }
  const today = dayOf(input.nowMs);
  const { period, recipients } = recipientsOn(crypto, bundle.messagingKeys, {
    roster: newsroom.roster,
    today,
  });
  return { newsroom, recipients, period, writing: writingOf(newsroom, recipients, today) };
}

/**
 * A newer answer of the server within one visit: the same newsroom, never an older list.
 * Throws "wrong-newsroom" or "roster-invalid".
 */
export function checkSuccessor(before: OpenedNewsroom, after: OpenedNewsroom): void {
  if (!equal(before.newsroom.newsroomKey, after.newsroom.newsroomKey)) {
    throw new SealdropError("wrong-newsroom");
  }
  if (after.newsroom.roster.number < before.newsroom.roster.number) {
    throw new SealdropError("roster-invalid");
  }
}

export function readersOf(opened: OpenedNewsroom): readonly Reader[] {
  return opened.recipients.map((recipient) => ({
    memberNumber: recipient.entry.memberNumber,
    name: recipient.entry.name,
    reachable: isReachable(recipient),
  }));
}

export function viewOf(crypto: PublicCrypto, opened: OpenedNewsroom): NewsroomView {
  const { settings, roster, newsroomKey } = opened.newsroom;
  return {
    newsroomName: settings.newsroomName,
    pageTitle: settings.pageTitle,
    words: settings.words,
    otherContact: settings.otherContact,
    leavingPage: settings.leavingPage,
    pauseSentence: settings.pauseSentence,
    retentionDays: settings.retentionDays,
    sourceOrigins: settings.sourceOrigins,
    fingerprintWords: fingerprintWords(crypto, newsroomKey),
    validUntilDay: roster.validUntilDay,
    readers: readersOf(opened),
    writing: opened.writing,
  };
}
