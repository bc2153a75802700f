import type { MessageShown } from "../../src/browser/newsroom/worker/reading/shapes.ts";
import { messagingRecords } from "../../src/browser/newsroom/worker/vault.ts";
import { isPeriodClosed } from "../../src/protocol/public/time.ts";
import { noteUnlock, numberOf, type Scene } from "./scene.ts";
import { readBack, startVisit } from "./sources.ts";
import {
  type Browser,
  carryOut,
  closeTabs,
  enterTab,
  makeBrowser,
  makeTab,
  type Person,
  type Tab,
} from "./staff.ts";
import { openedWraps } from "./stored.ts";
import { standingOf, type Told } from "./truth.ts";

/** At the end everybody comes back in a browser that was never used, and what opens must be what may be read. */

export type Opened = { readonly words: readonly string[]; readonly broken: readonly string[] };

const FIRST_PAGE = { page: 0, filter: "all", find: "", opened: null } as const;

/** All that the inbox of this tab opens. */
export const openAll = async ({ rooms }: Tab): Promise<Opened> => {
  const messages: MessageShown[] = [];
  // One page: a run has a few conversations.
  for (const { mailbox } of rooms.inboxPage(FIRST_PAGE).rows) {
    messages.push(...(await rooms.openConversation({ mailbox })).messages);
  }
  return {
    words: messages.flatMap((message) =>
      message.kind === "open" && !message.share ? [message.text] : [],
    ),
    broken: messages.flatMap((message) =>
      message.kind === "open" || message.why === "stolen" ? [] : [message.why],
    ),
  };
};

const compare = (
  scene: Scene,
  who: { readonly name: string; readonly reader: number | "source" },
  opened: readonly string[],
  among: readonly Told[] = [...scene.truth.told],
): void => {
  const { name, reader } = who;
  for (const told of among.filter(({ isShare }) => !isShare)) {
    const standing = standingOf(scene.truth, told, reader);
    const times = opened.filter((words) => words === told.words).length;
    if (times > 1) throw new Error(`${name} sees "${told.words}" ${times} times`);
    if (standing === "must" && times === 0) throw new Error(`${name} cannot read "${told.words}"`);
    if (standing === "never" && times > 0) throw new Error(`${name} can read "${told.words}"`);
  }
  const known = new Set(among.map(({ words }) => words));
  const stray = opened.find((words) => !known.has(words));
  if (stray !== undefined) throw new Error(`${name} can read "${stray}", which is gone`);
};

/** What an honest server never gives a reason for. */
const ALARMS: ReadonlySet<string> = new Set([
  "audit-altered",
  "clock",
  "foreign-key",
  "roster-contradicted",
]);

const checkWarnings = ({ person, findings, overview }: Tab): void => {
  const alarms = (overview()?.warnings ?? []).filter((warning) => ALARMS.has(warning));
  if (alarms.length > 0) throw new Error(`${person.name} is warned: ${alarms.join(", ")}`);
  const found = findings();
  if (found.length > 0) throw new Error(`${person.name} is told: ${JSON.stringify(found)}`);
};

/** Whoever takes the vault opens what is stored, whatever the client has in mind not to show. */
const checkWraps = (scene: Scene, { person }: Tab, opened: ReadonlySet<string>): void => {
  const number = numberOf(scene, person) ?? 0;
  for (const { readers, ids, words } of scene.truth.told) {
    const may = (readers.get(number) ?? "never") !== "never";
    if (!may && [...ids].some((id) => opened.has(id))) {
      throw new Error(`${person.name}'s keys open "${words}"`);
    }
  }
};

const comeIn = async (scene: Scene, person: Person, browser: Browser): Promise<Tab> => {
  const tab = makeTab(scene.world(0), person, browser);
  const came = await carryOut(tab.line, () => enterTab(scene.ground, tab));
  if (came.kind !== "done") {
    throw new Error(`${person.name} cannot come in: ${came.kind === "refused" ? came.code : ""}`);
  }
  noteUnlock(scene, person, came);
  return tab;
};

const checkMember = async (scene: Scene, person: Person, browser: Browser): Promise<Tab> => {
  const tab = await comeIn(scene, person, browser);
  checkWraps(scene, tab, await openedWraps(scene, tab));
  const came = await carryOut(tab.line, () => openAll(tab));
  if (came.kind !== "done") throw new Error(`${person.name} cannot read`);
  const { words, broken } = came.value;
  if (broken.length > 0) throw new Error(`${person.name} sees messages that are ${broken.join()}`);
  compare(scene, { name: person.name, reader: numberOf(scene, person) ?? 0 }, words);
  checkWarnings(tab);
  return tab;
};

/** No session of theirs answers, and neither passphrase nor code lets them in. */
const checkGone = async (scene: Scene, person: Person): Promise<void> => {
  for (const browser of [...person.browsers, makeBrowser()]) {
    const tab = makeTab(scene.world(1), person, browser);
    const came = await carryOut(tab.line, () => enterTab(scene.ground, tab));
    if (came.kind !== "refused" || !["wrong-login", "wait"].includes(came.code)) {
      throw new Error(`${person.name} has left: ${came.kind}`);
    }
  }
};

const checkSources = async (scene: Scene): Promise<void> => {
  for (const source of scene.sources) {
    const visit = await startVisit(scene.world(source.number));
    if (source.words === null) continue;
    const words = await readBack(visit, visit.desk(source.words));
    const own = [...scene.truth.told].filter((told) => told.source === source.number);
    compare(scene, { name: `source ${source.number}`, reader: "source" }, words, own);
  }
};

const membersOf = (scene: Scene, isHere: boolean): readonly Person[] =>
  [...scene.people]
    .filter(([number]) => (scene.truth.members.get(number)?.state === "current") === isHere)
    .map(([, person]) => person);

/** All was read, so nothing is left that could open what is intercepted now. */
const checkDestroyed = (scene: Scene, tab: Tab): void => {
  const ids = tab.session.world().records.ids();
  const left = messagingRecords(ids).filter(({ period }) => isPeriodClosed(period, scene.today()));
  if (left.length > 0) throw new Error(`${tab.person.name} still holds ${left[0]?.id}`);
};

const DAYS_AFTER = 9;

const checkLater = async (scene: Scene, seats: ReadonlyMap<Person, Browser>): Promise<void> => {
  scene.ground.moveHours(24 * DAYS_AFTER);
  for (const [person, browser] of seats) {
    checkDestroyed(scene, await checkMember(scene, person, browser));
  }
};

/** Now; and with `later` also after the keys of now are destroyed. */
export const reckon = async (scene: Scene, later: boolean): Promise<void> => {
  for (const person of scene.people.values()) closeTabs(person);
  scene.ground.drift(0);
  const seats = new Map(membersOf(scene, true).map((person) => [person, makeBrowser()] as const));
  for (const [person, browser] of seats) await checkMember(scene, person, browser);
  for (const person of membersOf(scene, false)) await checkGone(scene, person);
  await checkSources(scene);
  if (later) await checkLater(scene, seats);
};
