import { lastDayOf } from "../../src/protocol/public/time.ts";

/**
 * Who can read what, by the rules of the protocol and by nothing that the code under test calculates. `may`: the browser was closed over
 * it, or two things happened at once, and both are right.
 */
export type Standing = "must" | "may" | "never";

/** Under which of a member's lasting keys something was written. */
export type Writer = { readonly by: number | "source"; readonly epoch: number };

/** One message, known by its words, which no other has. */
export type Told = {
  readonly words: string;
  /** Number of the source. */
  readonly source: number;
  /** Member number, or the source. */
  readonly by: number | "source";
  /** Under which of the member's lasting keys. */
  readonly epoch: number;
  /** Gives what came before to others, and has no words of its own. */
  readonly isShare: boolean;
  /** Who gets the keys at their next unlock, and from whom. */
  readonly given: Map<number, Writer>;
  /** By member number; whoever is not in it was never addressed. */
  readonly readers: Map<number, Standing>;
  /** The source itself, coming back. */
  toSource: Standing;
  /** Members whose browser has surely read it and stored its wrap. */
  readonly readBy: Set<number>;
  /** Members whose browser was closed while it may have. */
  readonly perhapsReadBy: Set<number>;
  readonly ids: ReadonlySet<string>;
  arrival: number;
  period: number;
  day: number;
};

export type MemberTruth = {
  readonly number: number;
  readonly name: string;
  state: "current" | "left" | "stolen";
  generation: number;
  /** The generation for which an unlock has gone through to its end, and when that was. */
  publishedGeneration: number;
  unlockedDay: number;
  /** How many lasting keys this member had before, and how many of them are reported stolen. */
  epoch: number;
  stolenEpochs: number;
};

export type Truth = {
  readonly told: Set<Told>;
  readonly members: Map<number, MemberTruth>;
};

export const RETENTION_DAYS = 180;
export const LONGEST_ABSENCE_DAYS = 90;
export const OFFERED_DAYS = 30;

export const isCurrent = (truth: Truth, number: number): boolean =>
  truth.members.get(number)?.state === "current";

/** Nothing under a key that was reported stolen is shown to anybody, older messages neither. */
export const isRefused = (truth: Truth, { by, epoch }: Writer): boolean => {
  const writer = by === "source" ? undefined : truth.members.get(by);
  return writer?.state === "stolen" || epoch < (writer?.stolenEpochs ?? 0);
};

export const standingOf = (truth: Truth, told: Told, reader: number | "source"): Standing => {
  if (isRefused(truth, told)) return "never";
  return reader === "source" ? told.toSource : (told.readers.get(reader) ?? "never");
};

/** What a colleague has passed on is this member's own from now on; a copy that was removed may have stayed away. */
const takeGiven = (truth: Truth, told: Told, number: number): void => {
  const from = told.given.get(number);
  if (from === undefined) return;
  told.given.delete(number);
  const before = told.readers.get(number);
  // What came under keys that were reported stolen before it was taken is refused; perhaps it was taken before.
  if (before === undefined) told.readers.set(number, isRefused(truth, from) ? "may" : "must");
  else if (before === "never") told.readers.set(number, "may");
};

/** A member's client has gone through everything that was there. */
export const readAllOf = (truth: Truth, number: number, surely: boolean): void => {
  for (const told of truth.told) {
    if (surely) takeGiven(truth, told, number);
    if (!told.readers.has(number)) continue;
    (surely ? told.readBy : told.perhapsReadBy).add(number);
  }
};

const dropUnread = (told: Told, alone: boolean): void => {
  for (const [number, standing] of told.readers) {
    if (standing === "never" || told.readBy.has(number)) continue;
    const isSure = alone && !told.perhapsReadBy.has(number);
    told.readers.set(number, isSure ? "never" : "may");
  }
};

/** The longest absence is over for these: nobody has opened them, and nobody can any more. */
export const dropAbandoned = (truth: Truth, today: number, alone: boolean): void => {
  for (const told of truth.told) {
    if (today > lastDayOf(told.period) + LONGEST_ABSENCE_DAYS) dropUnread(told, alone);
  }
};

/** Conversations whose last message is older than the retention. */
export const expiredSources = (truth: Truth, today: number): ReadonlySet<number> => {
  const newest = new Map<number, number>();
  for (const { source, day } of truth.told) {
    newest.set(source, Math.max(day, newest.get(source) ?? 0));
  }
  const old = [...newest].filter(([, day]) => day < today - RETENTION_DAYS);
  return new Set(old.map(([source]) => source));
};

/** Members of whom a source must be offered a key: here, unlocked of late, and with keys of the generation that counts. */
export const surelyReachable = (truth: Truth, today: number): readonly MemberTruth[] =>
  [...truth.members.values()].filter(
    (member) =>
      member.state === "current" &&
      member.publishedGeneration === member.generation &&
      today - member.unlockedDay <= OFFERED_DAYS,
  );
