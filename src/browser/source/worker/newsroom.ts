import { type Newsroom, openBundle, parseBundle } from "../../../protocol/public/bundle.ts";
import { equal } from "../../../protocol/public/bytes.ts";
import type { PublicCrypto } from "../../../protocol/public/crypto.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import { type Recipient, recipientsOn } from "../../../protocol/public/messaging-key.ts";
import { eraNamed, newestEra } from "../../../protocol/public/newsroom-keys.ts";
import { checkDates } from "../../../protocol/public/roster.ts";
import { dayOf } from "../../../protocol/public/time.ts";
import { fingerprintWords } from "../../../protocol/public/words.ts";
import { CodeError } from "../../kit/code-error.ts";
import type { LinkKey, NewsroomView, OpenNewsroom, Reader, Writing } from "./api.ts";

/** A verified newsroom, and who of it can be sealed to on one day. */
export type OpenedNewsroom = {
  readonly newsroom: Newsroom;
  readonly recipients: readonly Recipient[];
  readonly period: number;
  readonly writing: Writing;
  /** What the link named; asked of every later answer too. */
  readonly fingerprint: Uint8Array | null;
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
 * "fingerprint-differs" when the link named a key that the newsroom never had.
 */
export function openNewsroom(crypto: PublicCrypto, input: OpenNewsroom): OpenedNewsroom {
  const bundle = parseBundle(input.bundle);
  const newsroom = openBundle(crypto, bundle);
  const { fingerprint } = input;
  if (fingerprint !== null && eraNamed(newsroom, fingerprint) < 0) {
    throw new CodeError("fingerprint-differs");
  }
  const today = dayOf(input.nowMs);
  const { period, recipients } = recipientsOn(crypto, bundle.messagingKeys, {
    roster: newsroom.roster,
    today,
  });
  const writing = writingOf(newsroom, recipients, today);
  return { newsroom, recipients, period, writing, fingerprint };
}

/**
 * A newer answer of the server within one visit: the same newsroom, never an older key or list.
 * Throws "wrong-newsroom" or "roster-invalid".
 */
export function checkSuccessor(before: OpenedNewsroom, after: OpenedNewsroom): void {
  const { key } = newestEra(before.newsroom);
  const same = equal(before.newsroom.newsroomId, after.newsroom.newsroomId);
  if (!same || eraNamed(after.newsroom, key) < 0) {
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

function linkOf({ newsroom, fingerprint }: OpenedNewsroom): LinkKey {
  if (fingerprint === null) return "none";
  const since = newsroom.eras.slice(eraNamed(newsroom, fingerprint) + 1);
  if (since.length === 0) return "fits";
  return since.some(({ stolen }) => stolen) ? "stolen" : "older";
}

export function viewOf(crypto: PublicCrypto, opened: OpenedNewsroom): NewsroomView {
  const { newsroom } = opened;
  const { settings, roster } = newsroom;
  const { key } = newestEra(newsroom);
  return {
    newsroomName: settings.newsroomName,
    pageTitle: settings.pageTitle,
    words: settings.words,
    otherContact: settings.otherContact,
    leavingPage: settings.leavingPage,
    pauseSentence: settings.pauseSentence,
    retentionDays: settings.retentionDays,
    sourceOrigins: settings.sourceOrigins,
    fingerprintWords: fingerprintWords(crypto, key),
    formerWords: newsroom.eras.slice(1).map(({ day }, index) => ({
      untilDay: day,
      words: fingerprintWords(crypto, newsroom.eras[index]?.key ?? key),
    })),
    link: linkOf(opened),
    validUntilDay: roster.validUntilDay,
    readers: readersOf(opened),
    writing: opened.writing,
  };
}
