import type { BlockRow } from "../../../../protocol/public/block.ts";
import { equal, hex } from "../../../../protocol/public/bytes.ts";
import type { MessagingPublicKey, StaticPublicKey } from "../../../../protocol/public/crypto.ts";
import type { Header } from "../../../../protocol/public/envelope.ts";
import {
  type Archived,
  decoyWrap,
  openWrap,
  sealWrap,
} from "../../../../protocol/secret/archive.ts";
import type { ContentKey } from "../../../../protocol/secret/crypto.ts";
import { openSlot, type SlotTry } from "../../../../protocol/secret/slot.ts";
import type { World } from "../world.ts";
import type { Known, Listed } from "./known.ts";
import { ifWhole, knownOf, lookInside, type Row, readRow } from "./row.ts";

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
const NO_SENDER = new Uint8Array(32) as StaticPublicKey;

export type RowTrier = { tryRow(row: BlockRow): Outcome };

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

  const known = (read: Row, found: Archived): Known => {
    const looked = ifWhole(() => lookInside(world, read, found), null);
    return knownOf(read, found.day, looked?.opened ?? null);
  };

  const fromWrap = (read: Row, wrap: Uint8Array): Outcome => {
    const found = openWrap(crypto, own.archive, { wrap, header: read.hash });
    const { listed } = read;
    if (found === null) return { kind: "not-mine", listed, wrap: null };
    return { kind: "mine", listed, known: known(read, found), wrap: null };
  };

  const fromSlot = (read: Row, slot: Uint8Array): Outcome => {
    const { header, row, listed } = read;
    if (world.rosterOf(header.rosterNumber, header.rosterHash) === null) {
      return { kind: "unknown-roster", listed };
    }
    const keys = keysFor(header);
    // Not tried: nothing is stored, so that a key that comes later (another window's) can still open it.
    if (keys === null) return { kind: "not-mine", listed, wrap: null };
    const broken = { contentKey: BROKEN_KEY, senderStatic: NO_SENDER };
    const target = { ...keys, headerBytes: row.header };
    const opened = ifWhole(() => openSlot(crypto, slot, { target, keys }), broken);
    const { messageId } = header;
    if (opened === null) {
      return { kind: "not-mine", listed, wrap: { messageId, bytes: decoyWrap(crypto) } };
    }
    const found: Archived = { ...opened, day: row.day, sharedBy: null };
    const bytes = sealWrap(crypto, own.archive, { ...found, header: read.hash });
    return { kind: "mine", listed, known: known(read, found), wrap: { messageId, bytes } };
  };

  return {
    tryRow: (row) => {
      const read = readRow(world, row);
      if (read === null) return { kind: "malformed" };
      if (row.own === null) return { kind: "not-mine", listed: read.listed, wrap: null };
      return row.own.kind === "wrap"
        ? fromWrap(read, row.own.bytes)
        : fromSlot(read, row.own.bytes);
    },
  };
};
