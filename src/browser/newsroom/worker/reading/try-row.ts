import type { BlockRow } from "../../../../protocol/public/block.ts";
import { hex } from "../../../../protocol/public/bytes.ts";
import type { MessagingPublicKey, StaticPublicKey } from "../../../../protocol/public/crypto.ts";
import type { Header } from "../../../../protocol/public/envelope.ts";
import { type Archived, openWrap, type WrapItem } from "../../../../protocol/secret/archive.ts";
import type { ContentKey } from "../../../../protocol/secret/crypto.ts";
import { openSlot, type SlotTry } from "../../../../protocol/secret/slot.ts";
import { allArchives, findStatic } from "../own-keys.ts";
import type { World } from "../world.ts";
import type { Known, Listed } from "./known.ts";
import { ifWhole, knownOf, lookInside, type Row, readRow } from "./row.ts";

/** One row of a block: is it for this reader, and what goes into the archive? docs/protocol.md §10.5, §12.3. */

/**
 * `wrap` is stored for every slot tried, a real one or random bytes of the same length, and is null where none was tried.
 * `unknown-roster`: the row may be read once newer rosters are here. `malformed`: no header at all.
 */
export type Outcome =
  | Tried<{ readonly kind: "mine"; readonly known: Known }>
  | Tried<{ readonly kind: "not-mine" }>
  | { readonly kind: "unknown-roster"; readonly listed: Listed }
  | { readonly kind: "malformed" };

type Tried<What> = What & { readonly listed: Listed; readonly wrap: Wrap | null };

/** Sealed only when it is sent: the archive key may be another by then. */
export type Wrap = { readonly messageId: Uint8Array; readonly item: WrapItem };

/** A wrap that holds this instead of a content key marks *for me but broken*: no commitment is ever that of zeros. */
const BROKEN_KEY = new Uint8Array(32) as ContentKey;
const NO_SENDER = new Uint8Array(32) as StaticPublicKey;

export type RowTrier = { tryRow(row: BlockRow): Outcome };

const firstOf = <Item, Found>(
  items: readonly Item[],
  find: (item: Item) => Found | null,
): Found | null => {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
};

/** The same for all messages of one roster and period. */
type SlotKeys = Omit<SlotTry["target"], "headerBytes"> & Pick<SlotTry["keys"], "messagingSeed">;

/** By the named roster's entry: its static key may be one this member had before. */
const findSlotKeys = (world: World, header: Header): SlotKeys | null => {
  const roster = world.rosterOf(header.rosterNumber, header.rosterHash);
  const entry = roster?.entries.find(
    (one) => one.state === "current" && one.memberNumber === world.memberNumber,
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
  };
};

export const createRowTrier = (world: World): RowTrier => {
  const { crypto } = world;
  const slotKeys = new Map<string, SlotKeys>();

  const keysFor = (header: Header): SlotKeys | null => {
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
    const { listed, hash } = read;
    const found = firstOf(allArchives(world.own), (archive) =>
      openWrap(crypto, archive, { wrap, header: hash }),
    );
    if (found === null) return { kind: "not-mine", listed, wrap: null };
    return { kind: "mine", listed, known: known(read, found), wrap: null };
  };

  const fromSlot = (read: Row, slot: Uint8Array): Outcome => {
    const { header, row, listed } = read;
    const keys = keysFor(header);
    // Looked up each time: a key that was destroyed since must not be tried as zeros.
    const staticPrivate = keys === null ? null : findStatic(world.own, keys.static);
    // Not tried: nothing is stored, so that a key that comes later (another window's) can still open it.
    if (keys === null || staticPrivate === null) return { kind: "not-mine", listed, wrap: null };
    const broken = { contentKey: BROKEN_KEY, senderStatic: NO_SENDER };
    const target = { ...keys, headerBytes: row.header };
    const tried = { target, keys: { ...keys, staticPrivate } };
    const opened = ifWhole(() => openSlot(crypto, slot, tried), broken);
    const { messageId } = header;
    if (opened === null) return { kind: "not-mine", listed, wrap: { messageId, item: null } };
    const found: Archived = { ...opened, day: row.day, sharedBy: null };
    const item = { ...found, header: read.hash };
    return { kind: "mine", listed, known: known(read, found), wrap: { messageId, item } };
  };

  return {
    tryRow: (row) => {
      const read = readRow(world, row);
      if (read === null) return { kind: "malformed" };
      const { listed, header } = read;
      if (row.own?.kind === "wrap") return fromWrap(read, row.own.bytes);
      // Also where there is no slot: a false list may leave this reader out.
      if (world.rosterOf(header.rosterNumber, header.rosterHash) === null) {
        return { kind: "unknown-roster", listed };
      }
      if (row.own === null) return { kind: "not-mine", listed, wrap: null };
      return fromSlot(read, row.own.bytes);
    },
  };
};
