import { joiningFunctions } from "../../src/browser/newsroom/worker/joining.ts";
import { keyChangeFunctions } from "../../src/browser/newsroom/worker/key-changes.ts";
import { lastingKeysFunctions } from "../../src/browser/newsroom/worker/lasting-keys.ts";
import { fetchNewsroom } from "../../src/browser/newsroom/worker/newsroom.ts";
import { peopleFunctions } from "../../src/browser/newsroom/worker/people.ts";
import type { Clock } from "../../src/browser/newsroom/worker/reading/clock.ts";
import { type Library, openLibrary } from "../../src/browser/newsroom/worker/reading/library.ts";
import { enter } from "../../src/browser/newsroom/worker/standing.ts";
import { openBundle, parseBundle } from "../../src/protocol/public/bundle.ts";
import type { MessageId } from "../../src/protocol/public/crypto.ts";
import { recipientsOn } from "../../src/protocol/public/messaging-key.ts";
import { dayOf } from "../../src/protocol/public/time.ts";
import { type DoorKeys, passphraseKeys } from "../../src/protocol/secret/passphrase.ts";
import { sealMessage } from "../../src/protocol/secret/seal.ts";
import { sumo } from "../vectors/backends.ts";
import type { TestServer } from "./server.ts";
import { enterMailbox } from "./stored-newsroom.ts";
import { totpAt } from "./totp.ts";
import { PASSPHRASE, setUpByWorker, type WorkerClient, workerClient } from "./worker-client.ts";

/** Desks of a real server without pages: unlocked, read to the end, and gone whenever a test says so. */

/** Where a browser is closed: at the nth request to a path, before it is sent or after the server has acted. */
export type Crash = {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly when: "before" | "after";
};

export type Seat = {
  readonly userName: string;
  readonly cookie: string;
  readonly door: DoorKeys;
  /** Of the next half minute, to which the clock is moved. */
  code(): string;
};

export type WorkerDesk = {
  readonly client: WorkerClient;
  readonly lasting: ReturnType<typeof lastingKeysFunctions>;
  readonly changes: ReturnType<typeof keyChangeFunctions>;
  readonly people: ReturnType<typeof peopleFunctions>;
  library(): Library;
  /** First lines of everything this member can read, newest first. */
  lines(): readonly string[];
  /** True once the browser was closed. */
  crashed(): boolean;
};

const POLL_MS = 20_000;

/** Waits of the background work pass at once; polls never come by themselves, and nothing goes on in a closed browser. */
export const deskClock = (isGone: () => boolean): Clock => ({
  now: () => performance.now(),
  sleep: (milliseconds) =>
    new Promise((resolve) => {
      if (milliseconds < POLL_MS && !isGone()) setImmediate(resolve);
    }),
  breathe: () => new Promise((resolve) => setImmediate(resolve)),
});

export const openWorkerDesk = async (
  server: TestServer,
  seat: Seat,
  crash: Crash | null = null,
): Promise<WorkerDesk> => {
  let gone = false;
  const look =
    (when: Crash["when"]) =>
    (path: string, method = "GET"): void => {
      const here = crash?.when === when && crash.path === path && crash.method === method;
      if (here) gone = true;
      if (gone && (here || when === "before")) throw new Error("the browser was closed");
    };
  const hooks = { before: look("before"), after: look("after") };
  const client = workerClient(server, { cookie: seat.cookie, ...hooks });
  const { session } = client;
  const libraries: Library[] = [];
  session.onOpen((world) => {
    const clock = deskClock(() => gone);
    const library = openLibrary({ world, clock, emit: () => undefined, raise: () => undefined });
    libraries.push(library);
    session.readAll = library.all;
    session.line = library.line;
  });
  const library = (): Library => {
    const opened = libraries.at(-1);
    if (opened === undefined) throw new Error("not unlocked");
    return opened;
  };
  const desk: WorkerDesk = {
    client,
    lasting: lastingKeysFunctions(session),
    changes: keyChangeFunctions(session),
    people: peopleFunctions(session),
    library,
    lines: () =>
      library()
        .book.newestFirst()
        .flatMap(({ messages }) => messages.map(({ opened }) => opened?.firstLine ?? "broken")),
    crashed: () => gone,
  };
  const newsroom = await fetchNewsroom(sumo, session.api);
  const me = await session.api.call("me", null);
  const owner = { newsroomId: newsroom.newsroomId, userName: seat.userName };
  const by = { owner, door: "passphrase" as const, unlockKey: seat.door.unlockKey };
  await enter(session, { newsroom, me, by });
  await session.readAll;
  return desk;
};

/** Another browser, or a session that has ended. */
export const logInAgain = async (server: TestServer, seat: Seat): Promise<Seat> => {
  const client = workerClient(server);
  const { userName, door } = seat;
  const attempt = { userName, authKey: door.authKey, totpCode: seat.code() };
  await client.session.api.call("login", attempt);
  return { ...seat, cookie: client.cookie };
};

type Person = Pick<Seat, "userName" | "code">;

const seatOf = async (client: WorkerClient, person: Person): Promise<Seat> => {
  const { userName } = person;
  const { newsroomId } = await fetchNewsroom(sumo, client.session.api);
  const parameters = await client.session.api.call("prelogin", { userName });
  const owner = { newsroomId, userName };
  const door = passphraseKeys(sumo, {
    owner,
    passphrase: PASSPHRASE,
    parameters,
    deviceSecret: null,
  });
  return { ...person, cookie: client.cookie, door };
};

/** Ann, an admin, and Bob, whom she invited and approved. */
export const foundNewsroom = async (server: TestServer) => {
  const ann = await setUpByWorker(server);
  const anns = ann.client;
  const people = peopleFunctions(anns.session);
  const secret = await people.invite({ label: "Bob" });
  const bobs = workerClient(server);
  const joining = joiningFunctions(bobs.session);
  await joining.startJoining({ secret });
  const factor = joining.joinFactor({ userName: "bob" });
  const code = (): string => {
    server.moveSeconds(60);
    return totpAt(factor.secret, Math.floor(server.world.now().getTime() / 30_000));
  };
  const person = { name: "Bob", userName: "bob", passphrase: PASSPHRASE };
  await joining.finishJoining({ ...person, totpCode: code() });
  const [invite] = await people.invitations();
  await people.approve({ id: invite?.id ?? new Uint8Array(), words: invite?.words ?? [] });
  return {
    ann: await seatOf(anns, { userName: "ann", code: ann.code }),
    bob: await seatOf(bobs, { userName: "bob", code }),
  };
};

/** What the source's page would send now; to those members who are reachable. Answers their numbers. */
export const tipTo = async (
  server: TestServer,
  members: readonly number[],
  text: string,
): Promise<readonly number[]> => {
  const response = await fetch(`${server.source}/api/newsroom`);
  const bundle = parseBundle(new Uint8Array(await response.arrayBuffer()));
  const { roster, newsroomId } = openBundle(sumo, bundle);
  const today = dayOf(server.world.now().getTime());
  const { period, recipients } = recipientsOn(sumo, bundle.messagingKeys, { roster, today });
  const reached = recipients.filter(
    ({ entry, messaging }) => messaging !== null && members.includes(entry.memberNumber),
  );
  const source = await enterMailbox(server, { newsroomId });
  const sealed = sealMessage(sumo, {
    roster,
    recipients,
    period,
    mailbox: source.keys,
    messageId: sumo.random(16) as MessageId,
    addressed: new Set(reached.map(({ entry }) => entry.position)),
    sealToSource: false,
    sender: { public: source.keys.static, private: source.keys.staticPrivate },
    body: { kind: "message", answers: null, newest: [], text, files: [] },
  });
  const { status } = await source.post(sealed.bytes);
  if (status !== 200) throw new Error(`tip: ${status}`);
  return reached.map(({ entry }) => entry.memberNumber);
};
