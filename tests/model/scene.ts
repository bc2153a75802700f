import { dayOf } from "../../src/protocol/public/time.ts";
import type { Carry } from "../support/worker-client.ts";
import type { Ground } from "./ground.ts";
import type { Visit } from "./sources.ts";
import {
  type Browser,
  type Came,
  carryOut,
  copyPerson,
  enterTab,
  makeTab,
  type Person,
  type Tab,
  type TabWorld,
} from "./staff.ts";
import { type MemberTruth, readAllOf, type Told, type Truth, type Writer } from "./truth.ts";

/** One run: people, sources, what is true, and what each thing that was done may have changed. */

export type SourceTruth = {
  readonly place: number;
  /** That of the mailbox. */
  readonly number: number;
  isWriting: boolean;
  /** Closed its page before it had its codename; another one takes its place. */
  isLost: boolean;
  /** The codename, once it was shown. */
  words: readonly string[] | null;
  visit: Visit | null;
};

/** What was done, as its doer knows: for `sure` only after an answer. */
export type Deed = {
  readonly sure: boolean;
  readonly told?: Told;
  /** Messages that may be gone by this. */
  readonly goes?: (told: Told) => boolean;
  /** And that must be. */
  readonly gone?: readonly Told[];
  /** Members whose messaging keys are void by this. */
  readonly raises?: readonly number[];
  readonly retires?: { readonly number: number; readonly state: "left" | "stolen" };
  readonly joins?: Person;
  /** Whose new lasting keys came onto the list; *stolen* refuses what was written under those before. */
  readonly renews?: { readonly number: number; readonly stolen: boolean };
  /** Whom the keys of what came before went to. */
  readonly shares?: {
    readonly told: readonly Told[];
    readonly to: readonly number[];
    readonly from: Writer;
  };
  /** Ran the timetable. */
  readonly tidies?: boolean;
};

export type Scene = {
  readonly ground: Ground;
  readonly truth: Truth;
  readonly sources: SourceTruth[];
  /** By member number. */
  readonly people: Map<number, Person>;
  /** Invited and not approved. */
  readonly waiting: Person[];
  /** Newsroom words on paper, newest last. */
  readonly sheets: (readonly string[])[];
  /** Everything that went wrong and was not an answer to anybody. */
  readonly faults: string[];
  readonly watch: Carry;
  /** By the browsers' clocks. */
  today(): number;
  /** Of the server whose clock is behind, and of the one that is ahead: two days around midnight only. */
  bothDays(): readonly [number, number];
  world(replica: number): TabWorld;
  /** Words that no other message has. */
  newWords(): string;
  nextName(): string;
};

const watchInto =
  (faults: string[]): Carry =>
  async (sent, ask) => {
    const response = await ask();
    if (response.status >= 500) faults.push(`${response.status} at ${sent.path}`);
    return response;
  };

const memberTruth = (number: number, name: string, today: number): MemberTruth => ({
  number,
  name,
  state: "current",
  generation: 0,
  publishedGeneration: 0,
  unlockedDay: today,
  epoch: 0,
  stolenEpochs: 0,
});

const NAMES = ["Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon", "Kim", "Leo", "Mia"];

export type SceneOf = {
  readonly ground: Ground;
  readonly people: readonly Person[];
  readonly sheet: readonly string[];
  /** Whether browsers also check the key log and the audit trail, which is half of what they ask. */
  readonly watchful: boolean;
};

export const openScene = async ({ ground, people, sheet, watchful }: SceneOf): Promise<Scene> => {
  await ground.restore();
  const today = (): number => dayOf(ground.nowMs());
  const faults: string[] = [];
  const watch = watchInto(faults);
  let words = 0;
  let names = 0;
  const numbered = people.map((person, index) => [index + 1, copyPerson(person)] as const);
  return {
    ground,
    truth: {
      told: new Set(),
      members: new Map(
        numbered.map(([number, { name }]) => [number, memberTruth(number, name, today())]),
      ),
    },
    sources: [],
    people: new Map(numbered),
    waiting: [],
    sheets: [sheet],
    faults,
    watch,
    today,
    bothDays: () => {
      const [behind, ahead] = ground.bothMs();
      return [dayOf(behind), dayOf(ahead)];
    },
    world: (replica) => ({ ground, replica, watch, watchful }),
    newWords: () => `words ${++words}`,
    nextName: () => NAMES[names++ % NAMES.length] ?? "Nil",
  };
};

export const addMember = (scene: Scene, number: number, person: Person): void => {
  const { truth, people } = scene;
  people.set(number, person);
  // Nobody has keys before the first unlock.
  const member = { ...memberTruth(number, person.name, scene.today()), publishedGeneration: -1 };
  truth.members.set(number, member);
};

export const numberOf = (scene: Scene, person: Person): number | null =>
  [...scene.people].find(([, one]) => one === person)?.[0] ?? null;

export type Place = { readonly browser: number; readonly tab: number };

export const browserAt = (person: Person, place: Place): Browser => {
  const browser = person.browsers[place.browser % person.browsers.length];
  if (browser === undefined) throw new Error("nobody has no browser");
  return browser;
};

/** What a finished unlock, or one that the browser was closed over, makes true. */
export const noteUnlock = (scene: Scene, person: Person, came: Came<unknown>): void => {
  const number = numberOf(scene, person);
  const member = number === null ? undefined : scene.truth.members.get(number);
  if (member === undefined) return;
  readAllOf(scene.truth, member.number, came.kind === "done");
  if (came.kind !== "done") return;
  member.publishedGeneration = member.generation;
  member.unlockedDay = scene.today();
};

/** Those who have left are refused; everybody else comes in, always. */
const checkEntry = (scene: Scene, person: Person, came: Came<unknown>): void => {
  const number = numberOf(scene, person);
  const isHere = number !== null && scene.truth.members.get(number)?.state === "current";
  if (came.kind === "refused" && isHere) throw new Error(`${person.name}: ${came.code} at log-in`);
  if (came.kind === "done" && !isHere) throw new Error(`${person.name} has left and came in`);
};

/** The tab there, unlocked now if it was not; null where that person cannot come in. */
export const tabAt = async (scene: Scene, person: Person, place: Place): Promise<Tab | null> => {
  const browser = browserAt(person, place);
  const there = browser.tabs.get(place.tab);
  if (there !== undefined) return there;
  const tab = makeTab(scene.world(place.tab), person, browser);
  const came = await carryOut(tab.line, () => enterTab(scene.ground, tab));
  checkEntry(scene, person, came);
  if (came.kind !== "done") return null;
  noteUnlock(scene, person, came);
  browser.tabs.set(place.tab, tab);
  return tab;
};
