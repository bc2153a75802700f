import {
  type Newsroom,
  type NewsroomBundle,
  openBundle,
  parseBundle,
} from "../protocol/public/bundle.ts";
import { base64url, equal } from "../protocol/public/bytes.ts";
import type { PublicCrypto } from "../protocol/public/crypto.ts";
import { logNameOf, openCheckpoint } from "../protocol/public/log-checkpoint.ts";
import {
  isProven,
  parseEvidence,
  parseLeaves,
  parseProof,
} from "../protocol/public/log-evidence.ts";
import { type Head, isConsistent } from "../protocol/public/log-proof.ts";
import { grow, leafHash, NO_PEAKS, rootOf } from "../protocol/public/log-tree.ts";
import type { NewsroomKeys } from "../protocol/public/newsroom-keys.ts";
import { checkDates, type VerifiedRoster } from "../protocol/public/roster.ts";
import { fingerprintWords } from "../protocol/public/words.ts";
import { CheckError, getBytes } from "./fetching.ts";
import { readLeaves } from "./leaves.ts";
import { differs, judged, plain, type Row, right } from "./report.ts";

/** List and log of a newsroom as a stranger gets them, everything verified. */

export type Asked = {
  readonly origin: string;
  /** 32 bytes in base64url, or the twelve words; null when there is nothing to hold the key against. */
  readonly fingerprint: string | null;
  /** What was seen the last time. */
  readonly before: Head | null;
  readonly today: number;
};

export type LogChecked = { readonly rows: readonly Row[]; readonly head: Head | null };

const MOST_LEAVES = 1_000_000;

const allLeaves = async (origin: string, size: number): Promise<readonly Uint8Array[]> => {
  if (size > MOST_LEAVES) throw new CheckError("a log of more leaves than this reads");
  const leaves: Uint8Array[] = [];
  while (leaves.length < size) {
    const page = parseLeaves(await getBytes(`${origin}/api/log/entries?from=${leaves.length}`));
    if (page.length === 0) throw new CheckError("the log ends before its size");
    leaves.push(...page.slice(0, size - leaves.length));
  }
  return leaves;
};

const rootOfAll = (crypto: PublicCrypto, leaves: readonly Uint8Array[]): Uint8Array =>
  rootOf(
    crypto,
    leaves.reduce((peaks, leaf) => grow(crypto, peaks, leafHash(crypto, leaf)).peaks, NO_PEAKS),
  );

/** A link in print may name any key of the chain (docs/protocol.md §4.3), but none that was given up as stolen. */
export const fingerprintRow = (
  crypto: PublicCrypto,
  { eras }: NewsroomKeys,
  fingerprint: string | null,
): Row => {
  const what = "newsroom key";
  const spelt = eras.map(({ key }) => [base64url(key), fingerprintWords(crypto, key).join(" ")]);
  const newest = spelt.at(-1)?.[1] ?? "";
  if (fingerprint === null) return { what, verdict: "not checked", detail: `compare: ${newest}` };
  const words = fingerprint
    .trim()
    .toLowerCase()
    .split(/[\s-]+/)
    .join(" ");
  const era = spelt.findIndex((one) => one.includes(words) || one.includes(fingerprint.trim()));
  if (era < 0) return differs(what, newest);
  if (era === eras.length - 1) return right(what, newest);
  if (eras.slice(era + 1).some(({ stolen }) => stolen)) {
    return differs(what, `a former key, given up as stolen; the newest: ${newest}`);
  }
  return right(what, `a former key, changed since; the newest: ${newest}`);
};

const rosterRow = ({ roster, settings }: Newsroom, today: number): Row => {
  const left = roster.validUntilDay - today;
  const detail = `number ${roster.number}, of ${plain(settings.newsroomName)}, ${left} days left`;
  try {
    checkDates(roster, today);
    return right("list of journalists", detail);
  } catch {
    return differs("list of journalists", `${detail}: out of date`);
  }
};

const sinceRow = async (
  crypto: PublicCrypto,
  { origin, before }: Asked,
  head: Head,
): Promise<Row> => {
  const what = "log since the last time";
  if (before === null) {
    return { what, verdict: "not checked", detail: "nothing kept yet; --state FILE keeps it" };
  }
  if (before.size > head.size) return differs(what, `${before.size} then, ${head.size} now`);
  const path = `/api/log/consistency?from=${before.size}&to=${head.size}`;
  const proof = parseProof(await getBytes(`${origin}${path}`));
  const holds = isConsistent(crypto, [before, head], proof);
  return judged(what, holds, `${before.size} then, ${head.size} now`);
};

type Shown = {
  readonly origin: string;
  readonly head: Head;
  readonly bundle: NewsroomBundle;
  readonly roster: VerifiedRoster;
};

const leafRows = async (
  crypto: PublicCrypto,
  { origin, head, bundle, roster }: Shown,
): Promise<readonly Row[]> => {
  const leaves = await allLeaves(origin, head.size);
  const tally = readLeaves(crypto, bundle.newsroomStatements, leaves);
  const newest = tally.rosters.at(-1);
  const isNewest = newest !== undefined && equal(newest.hash, roster.hash);
  const statements = `${tally.newsroom} of the newsroom, ${tally.rosters.length} lists, ${tally.messagingKeys} messaging keys, ${tally.others} others`;
  return [
    judged("leaves of the log", equal(rootOfAll(crypto, leaves), head.root), `${head.size}`),
    judged("statements of the log", tally.contradictions === 0, statements),
    judged("newest list of the log", isNewest, `number ${newest?.number ?? 0}`),
  ];
};

export const checkLog = async (crypto: PublicCrypto, asked: Asked): Promise<LogChecked> => {
  const { origin } = asked;
  const rows: Row[] = [];
  try {
    const evidence = parseEvidence(await getBytes(`${origin}/api/log/evidence`));
    const bundle = parseBundle(evidence.bundle);
    const newsroom = openBundle(crypto, bundle);
    const { roster } = newsroom;
    const log = { name: logNameOf(newsroom.newsroomId), key: evidence.logKey };
    const head = openCheckpoint(crypto, evidence.checkpoint, log);
    rows.push(fingerprintRow(crypto, newsroom, asked.fingerprint));
    rows.push(rosterRow(newsroom, asked.today));
    rows.push(right("checkpoint", `size ${head.size}, log key ${base64url(log.key).slice(0, 16)}`));
    const proven = isProven(crypto, evidence, head);
    rows.push(judged("list and keys in the log", proven, `${evidence.inclusions.length} proofs`));
    rows.push(await sinceRow(crypto, asked, head));
    rows.push(...(await leafRows(crypto, { origin, head, bundle, roster })));
    return { rows, head };
  } catch (error) {
    const reason = error instanceof Error ? plain(error.message) : "unknown";
    return { rows: [...rows, differs("list and log", reason)], head: null };
  }
};
