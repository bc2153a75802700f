import type { BlockRow } from "../../../../protocol/public/block.ts";
import { equal, hex } from "../../../../protocol/public/bytes.ts";
import type {
  HeaderHash,
  MessagingPublicKey,
  StaticPublicKey,
} from "../../../../protocol/public/crypto.ts";
import {
  type Header,
  headerHash,
  parseHeader,
  sealedBodyLength,
} from "../../../../protocol/public/envelope.ts";
import { SealdropError } from "../../../../protocol/public/errors.ts";
import { decoyWrap, openWrap, sealWrap } from "../../../../protocol/secret/archive.ts";
import { openSummary } from "../../../../protocol/secret/content.ts";
import type { ContentKey, SecretCrypto } from "../../../../protocol/secret/crypto.ts";
import { findWriter, isStolen } from "../../../../protocol/secret/origin.ts";
import { openSlot, type SlotTry } from "../../../../protocol/secret/slot.ts";
import { codeOf } from "../../../kit/code-error.ts";
import type { World } from "../world.ts";
import type { Known, Listed, Opened } from "./known.ts";

/** One row of a block: is it for this reader, and what goes into the archive? docs/protocol.md §10.5, §12.3. */

/**
 * `wrap` is stored for every slot tried, a real one or random bytes of the same length, and is null where none was tried.
 * `unknown-roster`: the row may be read once newer rosters are here. `malformed`: no header at all.
 */
export type Outcome =
  | { readonly kind: "mine"; readonly listed: Listed; readonly known: Known; readonly wrap: Wrap }
  | { readonly kind: "not-mine"; readonly listed: Listed; readonly wrap: Wrap }
  | { readonly kind: "unknown-roster"; readonly listed: Listed }
  | { readonly kind: "malformed" };

export type Wrap = { readonly messageId: Uint8Array; readonly bytes: Uint8Array } | null;

/** A wrap that holds this instead of a content key marks *for me but broken*: no commitment is ever that of zeros. */
const BROKEN_KEY = new Uint8Array(32) as ContentKey;
const NOTHING_SAID = { firstLine: "", fileCount: 0 };
const NO_SENDER = new Uint8Array(32) as StaticPublicKey;

type Found = {
  readonly contentKey: ContentKey;
  readonly senderStatic: StaticPublicKey;
  readonly day: number;
};

type Read = {
  readonly header: Header;
  readonly row: BlockRow;
  readonly listed: Listed;
  readonly hash: HeaderHash;
};

export type RowTrier = { tryRow(row: BlockRow): Outcome };

const isBroken = (error: unknown): boolean =>
  codeOf(error) === "message-broken" || codeOf(error) === "bad-structure";

const ifWhole = <Value>(attempt: () => Value, otherwise: Value): Value => {
  try {
    return attempt();
  } catch (error) {
    if (!isBroken(error)) throw error;
    return otherwise;
  }
};

const readOf = (crypto: SecretCrypto, row: BlockRow, header: Header): Read => {
  const mailbox = hex(header.mailboxId);
  const hash = headerHash(crypto, row.header);
  const bodyBytes = sealedBodyLength(header.bodyClass);
  const key = `${mailbox}-${hex(header.messageId)}`;
  return { row, header, hash, listed: { key, mailbox, hash: hex(hash), bodyBytes } };
};

/** The keys for a slot are the same for all messages of one roster and period. */
type SlotKeysOf = (header: Header) => Omit<SlotTry["target"], "headerBytes"> & SlotTry["keys"];

const findSlotKeys = (world: World, header: Header): ReturnType<SlotKeysOf> | null => {
  const roster = world.rosterOf(header.rosterNumber, header.rosterHash);
  const entry = roster?.entries.find(
    (one) => one.state === "current" && equal(one.static, world.own.staticPublic),
  );
  if (entry === undefined) return null;
  const messagingSeed = world.messagingSeed(entry.generation, header.period);
  if (messagingSeed === null) return null;
  return {
    position: entry.position,
    identity: entry.identity,
    static: entry.static,
    messaging: world.crypto.kemPublicKey(messagingSeed) as MessagingPublicKey,
    messagingSeed,
    staticPrivate: world.own.staticPrivate,
  };
};

export const createRowTrier = (world: World): RowTrier => {
  const { crypto, own } = world;
  const slotKeys = new Map<string, ReturnType<SlotKeysOf>>();

  const keysFor = (header: Header): ReturnType<SlotKeysOf> | null => {
    const place = `${header.period}-${hex(header.rosterHash)}`;
    const known = slotKeys.get(place);
    if (known !== undefined) return known;
    const found = findSlotKeys(world, header);
    if (found !== null) slotKeys.set(place, found);
    return found;
  };

  const opened = ({ row }: Read, found: Found): Opened => {
    const opening = { contentKey: found.contentKey, headerBytes: row.header };
    const summary = openSummary(crypto, opening, row);
    const { contentKey, senderStatic } = found;
    const claim = { headerBytes: row.header, vouch: summary.source, senderStatic };
    const writer = findWriter(crypto, { ...claim, roster: world.roster });
    // A co-reader knows the mailbox's keys: what is neither the source's nor a journalist's shows no line of its own.
    if (writer === null) throw new SealdropError("message-broken");
    const { firstLine, fileCount } = isStolen(writer) ? NOTHING_SAID : summary;
    return { contentKey, senderStatic, firstLine, fileCount };
  };

  const knownOf = (read: Read, found: Found): Known => {
    const { header, row, listed } = read;
    return {
      ...listed,
      messageId: header.messageId,
      arrival: row.arrival,
      day: found.day,
      period: header.period,
      rosterNumber: header.rosterNumber,
      rosterHash: header.rosterHash,
      headerBytes: row.header,
      headerHash: read.hash,
      sealedSummary: row.sealedSummary,
      opened: ifWhole(() => opened(read, found), null),
    };
  };

  const fromWrap = (read: Read, wrap: Uint8Array): Outcome => {
    const found = openWrap(crypto, own.archive, { wrap, header: read.hash });
    const { listed } = read;
    if (found === null) return { kind: "not-mine", listed, wrap: null };
    return { kind: "mine", listed, known: knownOf(read, found), wrap: null };
  };

  const fromSlot = (read: Read, slot: Uint8Array): Outcome => {
    const { header, row, listed } = read;
    if (world.rosterOf(header.rosterNumber, header.rosterHash) === null) {
      return { kind: "unknown-roster", listed };
    }
    const keys = keysFor(header);
    // Not tried: nothing is stored, so that a key that comes later (another window's) can still open it.
    if (keys === null) return { kind: "not-mine", listed, wrap: null };
    const broken = { contentKey: BROKEN_KEY, senderStatic: NO_SENDER };
    const target = { ...keys, headerBytes: row.header };
    const found = ifWhole(() => openSlot(crypto, slot, { target, keys }), broken);
    const { messageId } = header;
    if (found === null) {
      return { kind: "not-mine", listed, wrap: { messageId, bytes: decoyWrap(crypto) } };
    }
    const known = knownOf(read, { ...found, day: row.day });
    const item = { ...found, day: row.day, header: read.hash };
    const wrap = { messageId, bytes: sealWrap(crypto, own.archive, item) };
    return { kind: "mine", listed, known, wrap };
  };

  return {
    tryRow: (row) => {
      const header = ifWhole(() => parseHeader(row.header), null);
      if (header === null || !equal(header.newsroomId, world.newsroomId)) {
        return { kind: "malformed" };
      }
      const read = readOf(crypto, row, header);
      if (row.own === null) return { kind: "not-mine", listed: read.listed, wrap: null };
      return row.own.kind === "wrap"
        ? fromWrap(read, row.own.bytes)
        : fromSlot(read, row.own.bytes);
    },
  };
};
