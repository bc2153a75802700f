import { hex } from "../../../../protocol/public/bytes.ts";
import type { World } from "../world.ts";
import type { Read } from "./bodies.ts";
import type { Agreed } from "./shapes.ts";

/**
 * Who reads what, by member numbers. A source chooses its readers, a share adds some, and a reply keeps to the readers of the message
 * it answers: one that names more is not as agreed, and nobody follows it. docs/protocol.md §10.8.
 */
export type Readership = {
  /** Who can read it, whether agreed or not. */
  readonly named: ReadonlySet<number>;
  /** Whom an answer to it may be sealed to. */
  readonly agreed: ReadonlySet<number>;
  readonly verdict: Agreed;
};

export type OpenRead = Extract<Read, { kind: "open" }>;

/** Positions of the roster that the message names, resolved to members: a rotated key counts as its member. */
const namedReaders = (world: World, { known, body }: OpenRead): ReadonlySet<number> => {
  const roster = world.rosterOf(known.rosterNumber, known.rosterHash);
  const at = new Map(
    (roster?.entries ?? [])
      .filter((entry) => entry.state === "current")
      .map((entry) => [entry.position, entry.memberNumber]),
  );
  return new Set(
    body.readers.flatMap((position) => {
      const member = at.get(position);
      return member === undefined ? [] : [member];
    }),
  );
};

const isWithin = (some: ReadonlySet<number>, all: ReadonlySet<number>): boolean =>
  [...some].every((one) => all.has(one));

const setsReaders = ({ origin, body }: OpenRead): boolean =>
  origin.by === "source" || body.kind === "share";

const writerOf = ({ origin }: OpenRead): readonly number[] =>
  origin.by === "journalist" ? [origin.entry.memberNumber] : [];

export type Given = {
  readonly reads: readonly Read[];
  readonly readerships: ReadonlyMap<string, Readership>;
};

const isNamed = ({ readerships }: Given, read: OpenRead, member: number): boolean =>
  readerships.get(read.known.key)?.named.has(member) ?? false;

/** A share gives its readers everything before it that its writer could read. */
const isShareOf = (read: OpenRead, sharer: number): boolean =>
  read.body.kind === "share" && writerOf(read).includes(sharer);

/** Messages that name this member neither themselves nor through a later share of that sharer. */
export const notGivenTo = (given: Given, member: number, sharer: number): readonly OpenRead[] => {
  const opened = given.reads.filter((read) => read.kind === "open");
  const last = opened.findLastIndex(
    (read) => isShareOf(read, sharer) && isNamed(given, read, member),
  );
  return opened.slice(last + 1).filter((read) => !isNamed(given, read, member));
};

/** Whom a share has given what came before it. Nobody can be named where nothing before it can be read. */
export const sharedWith = (given: Given, share: OpenRead): ReadonlySet<number> => {
  const at = given.reads.indexOf(share);
  const [sharer] = writerOf(share);
  const named = given.readerships.get(share.known.key)?.named ?? new Set<number>();
  if (sharer === undefined) return new Set();
  const before = { ...given, reads: given.reads.slice(0, at) };
  const others = [...named].filter((member) => member !== sharer);
  return new Set(others.filter((member) => notGivenTo(before, member, sharer).length > 0));
};

/** Who can read a message by now: whom it names, and whom a later share by one of them has given it to. */
export const readersNow = (given: Given, read: OpenRead): ReadonlySet<number> => {
  const readers = new Set(given.readerships.get(read.known.key)?.named);
  for (const later of given.reads.slice(given.reads.indexOf(read) + 1)) {
    const share = later.kind === "open" && later.body.kind === "share" ? later : null;
    if (share === null || !writerOf(share).some((writer) => readers.has(writer))) continue;
    for (const member of given.readerships.get(share.known.key)?.named ?? []) readers.add(member);
  }
  return readers;
};

/** By key of the message; only for those that opened. */
export const readershipsOf = (
  world: World,
  reads: readonly Read[],
): ReadonlyMap<string, Readership> => {
  const byHash = new Map(
    reads.flatMap((read) => (read.kind === "open" ? [[read.known.hash, read] as const] : [])),
  );
  const found = new Map<string, Readership>();

  const answeredBy = ({ body }: OpenRead): OpenRead | null =>
    body.answers === null ? null : (byHash.get(hex(body.answers)) ?? null);

  const replyReaders = (read: OpenRead, named: ReadonlySet<number>): Readership => {
    const answered = answeredBy(read);
    const writer = writerOf(read);
    if (answered === null) {
      // Without the message it answers nobody can tell, and an answer goes to the writer alone.
      const verdict = read.body.answers === null ? "no" : "unknown";
      return { named, agreed: new Set(writer), verdict };
    }
    const allowed = new Set([...of(answered).agreed, ...writer]);
    if (isWithin(named, allowed)) return { named, agreed: named, verdict: "yes" };
    return { named, agreed: allowed, verdict: "no" };
  };

  // Ends, because a hash cannot name a message that comes after it.
  const of = (read: OpenRead): Readership => {
    const known = found.get(read.known.key);
    if (known !== undefined) return known;
    const named = namedReaders(world, read);
    const made: Readership = setsReaders(read)
      ? { named, agreed: named, verdict: "yes" }
      : replyReaders(read, named);
    found.set(read.known.key, made);
    return made;
  };

  for (const read of byHash.values()) of(read);
  return found;
};
