import type { Line } from "./line.ts";
import type { Deed, Place, Scene } from "./scene.ts";
import { browserAt, numberOf, tabAt } from "./scene.ts";
import { type Came, carryOut, makeTab, type Person, type Tab } from "./staff.ts";
import { isCurrent } from "./truth.ts";

/** Something that somebody does. It is prepared first, so that two can then happen at once. */
export type Act = {
  /** For the list of a failed run. */
  readonly says: string;
  /** Null where it makes no sense now. */
  prepare(scene: Scene): Promise<Ready | null>;
};

export type How = {
  /** Nothing else happens at the same time, and the line does not break. */
  readonly alone: boolean;
};

export type Ready = {
  readonly line: Line;
  go(how: How): Promise<Deed>;
};

export const NOTHING: Deed = { sure: false };

/** A refusal that an honest server may answer when others were faster, or the tab is an old one. */
const PASSING = new Set([
  "forbidden",
  "key-exists",
  "key-not-collected",
  "last-admin",
  "member-unreachable",
  "newsroom-key-changed",
  "newsroom-words-other",
  "newsroom-words-used",
  "no-reader",
  "not-found",
  "not-logged-in",
  "offline",
  "readers-changed",
  "roster-changed",
  "roster-lapsed",
  "roster-unconfirmed",
  "session-locked",
  "vault-changed",
  "wait",
  "wrong-login",
  "wrong-newsroom",
  "words-changed",
]);

export const isDone = <Value>(
  says: string,
  came: Came<Value>,
): came is { readonly kind: "done"; readonly value: Value } => {
  if (came.kind === "refused" && !PASSING.has(came.code)) {
    throw new Error(`${says}: ${came.code}`);
  }
  return came.kind === "done";
};

/** The current members' people, in order of their numbers. */
export const staffOf = (scene: Scene): readonly Person[] =>
  [...scene.people].filter(([number]) => isCurrent(scene.truth, number)).map(([, one]) => one);

export const pick = <Item>(items: readonly Item[], which: number): Item | undefined =>
  items[which % Math.max(1, items.length)];

export type Seat = Place & { readonly who: number };

export const seatSays = ({ who, browser, tab }: Seat): string => `#${who}/${browser}.${tab}`;

/** A new tab, still at the log-in page, in the place of what was there. */
export const seatAnew = (scene: Scene, seat: Seat): Tab | null => {
  const person = pick(staffOf(scene), seat.who);
  if (person === undefined) return null;
  const browser = browserAt(person, seat);
  const before = browser.tabs.get(seat.tab);
  if (before !== undefined) dropTab(before);
  return makeTab(scene.world(seat.tab), person, browser);
};

/** Someone's tab, unlocked when it was not. */
export const takeSeat = async (scene: Scene, seat: Seat): Promise<Tab | null> => {
  const person = pick(staffOf(scene), seat.who);
  return person === undefined ? null : tabAt(scene, person, seat);
};

/** Only admins sign; the first of them, or another one where there are several. */
export const takeAdminSeat = async (scene: Scene, seat: Seat): Promise<Tab | null> => {
  const admins = staffOf(scene).filter(({ isAdmin }) => isAdmin);
  const person = pick(admins, seat.who);
  if (person === undefined) return null;
  const tab = await tabAt(scene, person, seat);
  if (tab === null) return null;
  await confirmList(tab);
  return tab;
};

/** In a browser that has not held the newest list, the admin looks at the names and says that they are right. */
const confirmList = async ({ rooms, line, overview }: Tab): Promise<void> => {
  if (overview()?.warnings.includes("roster-unconfirmed") !== true) return;
  const came = await carryOut(line, () => rooms.confirmRoster());
  isDone("confirms the list", came);
};

/** What a tab does; whatever ends the tab takes it off its browser. */
export const doAt = async <Value>(
  says: string,
  tab: Tab,
  act: () => Promise<Value>,
): Promise<Value | null> => {
  const came = await carryOut(tab.line, act);
  const dead = came.kind === "refused" && ["not-logged-in", "session-locked"].includes(came.code);
  if (dead || came.kind === "closed") dropTab(tab);
  return isDone(says, came) ? came.value : null;
};

/** True once the answer is there. */
export const isDoneAt = async (
  says: string,
  tab: Tab,
  act: () => Promise<void>,
): Promise<boolean> => {
  const done = await doAt(says, tab, async () => {
    await act();
    return true;
  });
  return done !== null;
};

/** What is one call of the worker, and whose effect is known by its answer. */
export const signs = (
  tab: Tab | null,
  plan: { readonly says: string; readonly deed: Omit<Deed, "sure">; act(tab: Tab): Promise<void> },
): Ready | null =>
  tab === null
    ? null
    : {
        line: tab.line,
        go: async () => ({
          ...plan.deed,
          sure: await isDoneAt(plan.says, tab, () => plan.act(tab)),
        }),
      };

export const dropTab = (tab: Tab): void => {
  tab.line.close();
  for (const [place, one] of tab.browser.tabs) {
    if (one === tab) tab.browser.tabs.delete(place);
  }
};

export const numberAt = (scene: Scene, { person }: Tab): number => {
  const number = numberOf(scene, person);
  if (number === null) throw new Error(`${person.name} is no member`);
  return number;
};
