import { type MailboxRow, parseMailboxAnswer } from "../../../protocol/public/block.ts";
import { concat, equal, hex, u32 } from "../../../protocol/public/bytes.ts";
import type { HeaderHash } from "../../../protocol/public/crypto.ts";
import { headerHash, parseHeader } from "../../../protocol/public/envelope.ts";
import { MAX_JOURNALISTS, MAX_NAME } from "../../../protocol/public/limits.ts";
import { vouchOf } from "../../../protocol/public/mailbox.ts";
import { currentMembers, findMember, type Roster } from "../../../protocol/public/roster.ts";
import type { Body } from "../../../protocol/secret/body.ts";
import type { SourceKeys } from "../../../protocol/secret/codename.ts";
import { openBody } from "../../../protocol/secret/content.ts";
import type { SecretCrypto } from "../../../protocol/secret/crypto.ts";
import { checkMailboxKeys, type Origin, originOf } from "../../../protocol/secret/origin.ts";
import { openSlot } from "../../../protocol/secret/slot.ts";
import type { Conversation, Letter, LetterState } from "./api.ts";
import type { Mailbox } from "./mailbox.ts";

/** Fetches and opens all of a mailbox; nothing in it is believed that its own keys do not vouch for. */

type Opened = { readonly body: Body; readonly origin: Origin };

export type ReadRow = {
  readonly row: MailboxRow;
  readonly hash: HeaderHash;
  readonly rosterNumber: number;
  readonly state: LetterState;
  readonly opened: Opened | null;
};

export type ReadWorld = {
  readonly crypto: SecretCrypto;
  readonly mailbox: Mailbox;
  readonly roster: Roster;
};

async function fetchRows(mailbox: Mailbox): Promise<readonly MailboxRow[]> {
  const rows: MailboxRow[] = [];
  for (;;) {
    const after = rows.at(-1)?.arrival ?? 0;
    const bytes = await mailbox.request("/api/mailbox/read", {
      body: concat([u32(after)]),
      repeat: true,
    });
    const answer = parseMailboxAnswer(bytes);
    rows.push(...answer.rows);
    if (!answer.more || answer.rows.length === 0) return rows;
  }
}

function openRow(world: ReadWorld, row: MailboxRow, keys: SourceKeys): Opened | null {
  const { crypto } = world;
  const slot = openSlot(crypto, row.slot, {
    target: {
      headerBytes: row.header,
      position: 0,
      identity: keys.mailbox,
      static: keys.static,
      messaging: keys.reply,
    },
    keys: { messagingSeed: keys.replySeed, staticPrivate: keys.staticPrivate },
  });
  if (slot === null) return null;
  const opening = { contentKey: slot.contentKey, headerBytes: row.header };
  const body = openBody(crypto, opening, row);
  crypto.wipe(slot.contentKey);
  checkMailboxKeys(crypto, row.header, body.source);
  const origin = originOf(crypto, {
    headerBytes: row.header,
    vouch: vouchOf(crypto, keys),
    senderStatic: slot.senderStatic,
    roster: world.roster,
  });
  return { body, origin };
}

function closedState(row: MailboxRow): LetterState {
  return row.by === "source" ? "not-kept" : "unreadable";
}

/** One broken message never stops the others. */
function readRow(world: ReadWorld, row: MailboxRow): ReadRow | null {
  const { crypto, mailbox } = world;
  const header = parseHeader(row.header);
  if (!equal(header.mailboxId, mailbox.keys.id)) return null;
  const read = { row, hash: headerHash(crypto, row.header), rosterNumber: header.rosterNumber };
  try {
    const opened = openRow(world, row, mailbox.keys);
    return { ...read, opened, state: opened === null ? closedState(row) : "read" };
  } catch {
    return { ...read, opened: null, state: "broken" };
  }
}

export async function readMailbox(world: ReadWorld): Promise<readonly ReadRow[]> {
  const rows = await fetchRows(world.mailbox);
  return rows.map((row) => readRow(world, row)).filter((read) => read !== null);
}

type Verdict = "yes" | "no" | "unknown";

/**
 * A source's own message and a share say who reads. A reply keeps to the readers of the one message it answers, and its
 * writer; one that names more, or answers nothing, is not as agreed. docs/protocol.md §10.8.
 */
function verdictOf(read: ReadRow, all: readonly ReadRow[]): Verdict {
  const { opened } = read;
  if (opened === null) return "unknown";
  const { body, origin } = opened;
  if (origin.by === "source" || body.kind === "share") return "yes";
  if (body.answers === null) return "no";
  const { answers } = body;
  const answered = all.find((other) => equal(other.hash, answers));
  // Positions of another list mean other people; and what the source did not keep, it cannot compare.
  if (answered?.opened == null || answered.rosterNumber !== read.rosterNumber) return "unknown";
  const agreed = [...answered.opened.body.readers, origin.entry.position];
  if (!body.readers.every((position) => agreed.includes(position))) return "no";
  return verdictOf(answered, all);
}

function missingOf(read: ReadRow, all: readonly ReadRow[]): number {
  const held = new Set(all.map((other) => hex(other.hash)));
  const named = read.opened?.body.newest ?? [];
  return named.filter((hash) => !held.has(hex(hash))).length;
}

function membersOf(read: ReadRow, roster: Roster) {
  if (read.opened === null || read.rosterNumber !== roster.number) return null;
  const { readers } = read.opened.body;
  return currentMembers(roster).filter((entry) => readers.includes(entry.position));
}

function whoOf(origin: Origin | undefined, roster: Roster): Pick<Letter, "who" | "hasLeft"> {
  if (origin?.by !== "journalist") return { who: null, hasLeft: false };
  const now = findMember(roster, origin.entry.memberNumber);
  return { who: now?.name ?? origin.entry.name, hasLeft: now?.state !== "current" };
}

/** A share's text is names, one a line; a list of another shape than a newsroom's is not shown. */
function sharedWithOf({ opened }: ReadRow): readonly string[] | null {
  if (opened === null || opened.origin.by === "source" || opened.body.kind !== "share") return null;
  const names = opened.body.text.split("\n").filter((name) => name !== "");
  const fits = names.length <= MAX_JOURNALISTS && names.every((name) => name.length <= MAX_NAME);
  return fits ? names : [];
}

function letterOf(read: ReadRow, all: readonly ReadRow[], roster: Roster): Letter {
  const { opened } = read;
  const sharedWith = sharedWithOf(read);
  return {
    ...whoOf(opened?.origin, roster),
    by: opened === null ? read.row.by : opened.origin.by === "source" ? "source" : "newsroom",
    state: read.state,
    day: read.row.day,
    text: sharedWith === null ? (opened?.body.text ?? "") : "",
    sharedWith,
    files: (opened?.body.files ?? []).map(({ name, length }) => ({ name, length })),
    readers: membersOf(read, roster)?.map((entry) => entry.name) ?? null,
    notAsAgreed: verdictOf(read, all) === "no",
    missing: missingOf(read, all),
  };
}

export function conversationOf(rows: readonly ReadRow[], roster: Roster): Conversation {
  // Nobody follows a list that is not as agreed: one journalist could else add readers to a whole conversation.
  const last = rows
    .filter((read) => verdictOf(read, rows) !== "no")
    .map((read) => membersOf(read, roster))
    .findLast((members) => members !== null);
  return {
    letters: rows.map((read) => letterOf(read, rows, roster)),
    readers: last?.map((entry) => entry.memberNumber) ?? null,
  };
}
