import { CodeError } from "../../src/browser/kit/code-error.ts";
import type { BrowserStore } from "../../src/browser/newsroom/worker/browser-store.ts";
import type { NewsroomEvent } from "../../src/browser/newsroom/worker/events.ts";
import type { Overview } from "../../src/browser/newsroom/worker/overview.ts";
import { deskRooms, watchRooms } from "../../src/browser/newsroom/worker/rooms.ts";
import type { Session } from "../../src/browser/newsroom/worker/session.ts";
import { SealdropError } from "../../src/protocol/public/errors.ts";
import { totpAt } from "../support/totp.ts";
import {
  type Carry,
  PASSPHRASE,
  type WorkerClientOptions,
  workerSession,
} from "../support/worker-client.ts";
import { type Ground, quickSumo } from "./ground.ts";
import { createLine, type Line } from "./line.ts";
import { notePosted } from "./posted.ts";

/** People of the newsroom with their browsers and tabs: the worker's own functions, without a page. */

/** What opens a vault at the log-in page. */
export type Way = {
  readonly passphrase: string;
  /** The words on the card of a device secret, where it is on. */
  readonly device: string | null;
};

/** Of ways and recovery words the newest is first: whether a new one was taken over is not always known. */
export type Person = {
  readonly name: string;
  readonly userName: string;
  /** Of the second factor, in base32; known once the account is made. */
  totpSecret: string;
  readonly ways: Way[];
  readonly recovery: string[];
  /** By the server's list. */
  isAdmin: boolean;
  readonly browsers: readonly Browser[];
};

export type Browser = {
  readonly kept: Map<string, Uint8Array>;
  readonly jar: { cookie: string };
  /** Open ones, by place. */
  readonly tabs: Map<number, Tab>;
};

export type Tab = {
  readonly person: Person;
  readonly browser: Browser;
  readonly session: Session;
  readonly rooms: ReturnType<typeof deskRooms>;
  /** What it has found in the key log; nothing where it does not look. */
  findings(): readonly unknown[];
  readonly line: Line;
  /** The newest that the worker has told the page. */
  overview(): Overview | null;
  /** What it does once a minute. */
  beat(): void;
};

/** What came of something that was asked: the code of a refusal, or the browser was closed over it. */
export type Came<Value> =
  | { readonly kind: "done"; readonly value: Value }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "closed" };

const codeIn = (error: unknown): string => {
  if (error instanceof CodeError || error instanceof SealdropError) return error.code;
  throw error;
};

/** Ends when nothing of it goes on, also in the background. */
export const carryOut = async <Value>(
  line: Line,
  act: () => Promise<Value>,
): Promise<Came<Value>> => {
  const done = act().then(
    (value): Came<Value> => ({ kind: "done", value }),
    (error: unknown): Came<Value> => ({ kind: "refused", code: codeIn(error) }),
  );
  const closed = line.closed.then((): Came<Value> => ({ kind: "closed" }));
  const came = await Promise.race([done, closed]);
  await line.quiet();
  return line.isClosed() ? { kind: "closed" } : came;
};

const storeOf = ({ kept }: Browser): BrowserStore => ({
  get: async (key) => kept.get(key) ?? null,
  put: async (key, value) => {
    kept.set(key, value);
  },
  drop: async (key) => {
    kept.delete(key);
  },
});

export const makeBrowser = (): Browser => ({
  kept: new Map(),
  jar: { cookie: "" },
  tabs: new Map(),
});

export const makePerson = (name: string): Person => ({
  name,
  userName: name.toLowerCase(),
  totpSecret: "",
  ways: [{ passphrase: PASSPHRASE, device: null }],
  recovery: [],
  isAdmin: false,
  browsers: [makeBrowser(), makeBrowser()],
});

/** The same person at the start of another run. */
export const copyPerson = (person: Person): Person => ({
  ...person,
  ways: [...person.ways],
  recovery: [...person.recovery],
  browsers: person.browsers.map(({ kept, jar }) => ({
    kept: new Map(kept),
    jar: { ...jar },
    tabs: new Map(),
  })),
});

export type TabWorld = {
  readonly ground: Ground;
  /** Which replica the next request goes to. */
  readonly replica: number;
  /** Whether browsers also check the key log and the audit trail. */
  readonly watchful: boolean;
  /** Sees every request. */
  readonly watch: Carry;
};

const passBoth =
  (outer: Carry, inner: Carry): Carry =>
  (sent, ask) =>
    outer(sent, () => inner(sent, ask));

export const makeTab = (world: TabWorld, person: Person, browser: Browser): Tab => {
  const { ground } = world;
  const [first, second] = ground.replicas;
  const line = createLine();
  let overview: Overview | null = null;
  const beats: (() => void)[] = [];
  let asked = world.replica;
  const options: WorkerClientOptions = {
    crypto: quickSumo,
    hashCost: ground.hashCost(),
    store: storeOf(browser),
    line: passBoth(line.carry, (sent, ask) => {
      notePosted(sent);
      return world.watch(sent, ask);
    }),
    repeat: (work) => beats.push(work),
    // A balancer in front of both: no two requests in a row to the same one.
    replica: () => (asked++ % 2 === 0 ? first : second),
    emit: (event: NewsroomEvent) => {
      if (event.kind === "overview") overview = event.overview;
    },
  };
  const session = workerSession(first, options, browser.jar);
  const rooms = deskRooms(session, line.clock);
  const watch = world.watchful ? watchRooms(session) : null;
  return {
    person,
    browser,
    session,
    rooms,
    findings: () => watch?.witnessed().findings ?? [],
    line,
    overview: () => overview,
    beat: () => {
      for (const work of beats) work();
    },
  };
};

/** A code counts once, wrong tries slow down the next ones; the clock is not to move for either. */
const forgetTries = async ({ replicas: [first] }: Ground, { userName }: Person): Promise<void> => {
  await first.pool.query("UPDATE account SET totp_last_step = 0 WHERE user_name = $1", [userName]);
  await first.pool.query("DELETE FROM try_delay");
};

export const codeNow = (ground: Ground, secret: string): string =>
  totpAt(secret, Math.floor(ground.nowMs() / 30_000));

const codeFor = async (ground: Ground, person: Person) => {
  await forgetTries(ground, person);
  return { totpCode: codeNow(ground, person.totpSecret) };
};

const logIn = async (ground: Ground, { person, rooms }: Tab, way: Way): Promise<void> => {
  const { userName } = person;
  await rooms.logIn({ userName, ...way, factor: await codeFor(ground, person) });
};

/** Whoever has a session unlocks it; the others log in. */
const enterWith = async (ground: Ground, tab: Tab, way: Way): Promise<void> => {
  const { person, browser, rooms } = tab;
  if (browser.jar.cookie === "") return logIn(ground, tab, way);
  await forgetTries(ground, person);
  try {
    await rooms.unlock({ userName: person.userName, ...way });
  } catch (error) {
    if (codeIn(error) !== "not-logged-in") throw error;
    await logIn(ground, tab, way);
  }
};

/** Nobody remembers whether the newest counts already; the one that does is kept. */
const tryEach = async <Item>(items: Item[], enter: (item: Item) => Promise<void>) => {
  const known = [...items];
  for (const item of known) {
    try {
      await enter(item);
      // What was written down meanwhile is newer.
      const newer = items.filter((one) => !known.includes(one));
      items.splice(0, items.length, ...newer, item);
      return;
    } catch (error) {
      if (codeIn(error) !== "wrong-login" || item === known.at(-1)) throw error;
    }
  }
};

export const enterTab = (ground: Ground, tab: Tab): Promise<void> =>
  tryEach(tab.person.ways, (way) => enterWith(ground, tab, way));

/** With the recovery words, which an app's code must stand beside. */
export const recoverTab = (ground: Ground, { person, rooms }: Tab): Promise<void> =>
  tryEach(person.recovery, async (words) => {
    const factor = await codeFor(ground, person);
    await rooms.recover({ userName: person.userName, words, factor });
  });

export const closeTabs = (person: Person): void => {
  for (const { tabs } of person.browsers) {
    for (const { line } of tabs.values()) line.close();
    tabs.clear();
  }
};
