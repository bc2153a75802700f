import type { Known, Listed } from "./known.ts";
import { sourceName, sourceNumber } from "./source-name.ts";

/** Everything read since unlocking, in memory: the inbox is paged from here. */

export type Conversation = {
  readonly mailbox: string;
  /** Without the number that tells two of the same name apart. */
  readonly plainName: string;
  readonly number: number;
  /** Oldest first. */
  readonly messages: readonly Known[];
};

export type Book = {
  list(listed: Listed): void;
  /** False when this message is here already: the server may send a row twice. */
  add(known: Known): boolean;
  /** Whether a message of that mailbox with that header hash was listed, for whomever. */
  isListed(mailbox: string, hash: string): boolean;
  /** Where those of these header hashes arrived that were listed and that this reader cannot open so far. */
  arrivalsOf(hashes: ReadonlySet<string>): readonly number[];
  listsAll(hashes: ReadonlySet<string>): boolean;
  /** How many messages of a mailbox were listed, for whomever. */
  listedIn(mailbox: string): number;
  /** How long all bodies of a mailbox are together. */
  bytesIn(mailbox: string): number;
  find(mailbox: string): Conversation | null;
  get(key: string): Known | null;
  /** Newest first by their newest message. */
  newestFirst(): readonly Conversation[];
  name(conversation: Conversation): string;
  /** `unlist`: the message is gone for everybody. */
  remove(keys: readonly string[], unlist: boolean): void;
  all(): Iterable<Known>;
  size(): number;
};

type Shelf = { -readonly [Field in keyof Conversation]: Conversation[Field] } & {
  messages: Known[];
};

const newestArrival = (conversation: Conversation): number =>
  conversation.messages.at(-1)?.arrival ?? 0;

const insert = (messages: Known[], known: Known): void => {
  const at = messages.findLastIndex((one) => one.arrival < known.arrival) + 1;
  messages.splice(at, 0, known);
};

const fromHex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

export const createBook = (): Book => {
  const listed = new Map<string, Map<string, Listed>>();
  const known = new Map<string, Known>();
  const shelves = new Map<string, Shelf>();
  const bearers = new Map<string, number>();
  let sorted: readonly Conversation[] | null = [];

  const shelfOf = (mailbox: string): Shelf => {
    const found = shelves.get(mailbox);
    if (found !== undefined) return found;
    const id = fromHex(mailbox);
    const plainName = sourceName(id);
    const made: Shelf = { mailbox, plainName, number: sourceNumber(id), messages: [] };
    shelves.set(mailbox, made);
    bearers.set(plainName, (bearers.get(plainName) ?? 0) + 1);
    return made;
  };

  const drop = (shelf: Shelf): void => {
    shelves.delete(shelf.mailbox);
    bearers.set(shelf.plainName, (bearers.get(shelf.plainName) ?? 1) - 1);
  };

  const removeOne = (key: string): void => {
    const one = known.get(key);
    const shelf = one === undefined ? undefined : shelves.get(one.mailbox);
    if (one === undefined || shelf === undefined) return;
    known.delete(key);
    shelf.messages = shelf.messages.filter((message) => message.key !== key);
    if (shelf.messages.length === 0) drop(shelf);
    sorted = null;
  };

  return {
    list: (row) => {
      const there = listed.get(row.mailbox);
      if (there === undefined) listed.set(row.mailbox, new Map([[row.hash, row]]));
      else there.set(row.hash, row);
    },
    add: (message) => {
      if (known.has(message.key)) return false;
      known.set(message.key, message);
      insert(shelfOf(message.mailbox).messages, message);
      sorted = null;
      return true;
    },
    listsAll: (hashes) => {
      const missing = new Set(hashes);
      for (const rows of listed.values()) for (const hash of rows.keys()) missing.delete(hash);
      return missing.size === 0;
    },
    isListed: (mailbox, hash) => listed.get(mailbox)?.has(hash) ?? false,
    bytesIn: (mailbox) =>
      [...(listed.get(mailbox)?.values() ?? [])].reduce((sum, row) => sum + row.bodyBytes, 0),
    arrivalsOf: (hashes) =>
      [...listed.values()].flatMap((rows) =>
        [...rows.values()]
          .filter((row) => hashes.has(row.hash) && !known.has(row.key))
          .map(({ arrival }) => arrival),
      ),
    listedIn: (mailbox) => listed.get(mailbox)?.size ?? 0,
    find: (mailbox) => shelves.get(mailbox) ?? null,
    get: (key) => known.get(key) ?? null,
    newestFirst: () => {
      sorted ??= [...shelves.values()].sort((a, b) => newestArrival(b) - newestArrival(a));
      return sorted;
    },
    name: ({ plainName, number }) =>
      (bearers.get(plainName) ?? 0) > 1 ? `${plainName} ${number}` : plainName,
    remove: (keys, unlist) => {
      for (const key of keys) {
        const one = known.get(key);
        if (unlist && one !== undefined) listed.get(one.mailbox)?.delete(one.hash);
        removeOne(key);
      }
    },
    all: () => known.values(),
    size: () => known.size,
  };
};
