import { afterAll, beforeAll, beforeEach } from "vitest";
import { joiningFunctions } from "../../src/browser/newsroom/worker/joining.ts";
import { peopleFunctions } from "../../src/browser/newsroom/worker/people.ts";
import type { Library } from "../../src/browser/newsroom/worker/reading/library.ts";
import { createReadingRoom } from "../../src/browser/newsroom/worker/reading/room.ts";
import type { Witnessed } from "../../src/browser/newsroom/worker/witnessing.ts";
import { concat, readerOf, sized, u16 } from "../../src/protocol/public/bytes.ts";
import { parseLeaves } from "../../src/protocol/public/log-evidence.ts";
import { createAppend } from "../../src/server/log/append.ts";
import { paperStore } from "./paper-staff.ts";
import { startTestServer, type TestServer } from "./server.ts";
import { keepTables } from "./set-back.ts";
import { totpAt } from "./totp.ts";
import {
  PASSPHRASE,
  setUpByWorker,
  type WorkerClient,
  type WorkerClientOptions,
  workerClient,
} from "./worker-client.ts";

/** Two members with real workers and browsers' storages of their own, over a real server that can be altered. */
export type Witness = {
  readonly name: string;
  /** A log-in in the browser whose storage this is, or in a new one; answers what the look at the log found. */
  open(options?: WorkerClientOptions): Promise<Opened>;
  /** The same with an inbox: what reading finds is among it. */
  read(options?: WorkerClientOptions): Promise<Opened & { readonly library: Library }>;
};
export type Opened = WorkerClient & { readonly found: Witnessed };
export type Witnesses = {
  readonly ann: Witness;
  readonly ben: Witness;
  /** Of the first sheet. */
  readonly newsroomWords: readonly string[];
};

export const kindsOf = ({ found }: Opened): readonly string[] =>
  found.findings.map(({ kind }) => kind);

/** Somebody of staff apart from any server: what they and their browser know. */
type Seat = {
  readonly name: string;
  readonly userName: string;
  readonly totpSecret: string;
  readonly kept: Map<string, Uint8Array>;
};

const nextCode = (server: TestServer, totpSecret: string): string => {
  server.moveSeconds(60);
  return totpAt(totpSecret, Math.floor(server.world.now().getTime() / 30_000));
};

const seated = (server: TestServer, who: Seat): Witness => {
  const store = paperStore(who.kept);
  const logIn = (client: WorkerClient): Promise<unknown> => {
    const factor = { totpCode: nextCode(server, who.totpSecret) };
    return client.account.logIn({ userName: who.userName, passphrase: PASSPHRASE, factor });
  };
  return {
    name: who.name,
    open: async (options = {}) => {
      const client = workerClient(server, { store, ...options });
      await logIn(client);
      return { ...client, found: await client.log.lookAtLog() };
    },
    read: async (options = {}) => {
      const client = workerClient(server, { store, ...options });
      const room = createReadingRoom(client.session);
      await logIn(client);
      const library = room.library();
      await library.all;
      return { ...client, library, found: await client.log.lookAtLog() };
    },
  };
};

const joinBy = async (server: TestServer, admin: WorkerClient, name: string): Promise<Seat> => {
  const kept = new Map();
  const userName = name.toLowerCase();
  const people = peopleFunctions(admin.session);
  const secret = await people.invite({ label: name });
  const joining = joiningFunctions(workerClient(server, { store: paperStore(kept) }).session);
  await joining.startJoining({ secret });
  const factor = joining.joinFactor({ userName });
  const totpCode = nextCode(server, factor.secret);
  await joining.finishJoining({ name, userName, passphrase: PASSPHRASE, totpCode });
  const [invite] = await people.invitations();
  if (invite?.words === undefined || invite.words === null) throw new Error("nobody answered");
  await people.approve({ id: invite.id, words: invite.words });
  return { name, userName, totpSecret: factor.secret, kept };
};

/** Ben's answer to Ann's invitation, or a later colleague's; signed onto the list by `admin`. */
export const joinedBy = async (
  server: TestServer,
  admin: WorkerClient,
  name: string,
): Promise<Witness> => seated(server, await joinBy(server, admin, name));

type Seats = Pick<Witnesses, "newsroomWords"> & { readonly ann: Seat; readonly ben: Seat };

const twoSeats = async (server: TestServer): Promise<Seats> => {
  const kept = new Map();
  const { client, totpSecret, newsroomWords } = await setUpByWorker(server, {
    store: paperStore(kept),
  });
  const ben = await joinBy(server, client, "Ben");
  await client.log.lookAtLog();
  return { newsroomWords, ann: { name: "Ann", userName: "ann", totpSecret, kept }, ben };
};

const bothSeated = (server: TestServer, { newsroomWords, ann, ben }: Seats): Witnesses => ({
  newsroomWords,
  ann: seated(server, ann),
  ben: seated(server, ben),
});

/** Ann is the admin; Ben is in the list since roster 2. */
export const twoWitnesses = async (server: TestServer): Promise<Witnesses> =>
  bothSeated(server, await twoSeats(server));

const NOW = new Date("2026-11-22T12:00:00Z");

const copyOf = (seat: Seat): Seat => ({ ...seat, kept: new Map(seat.kept) });

/**
 * For each test of a file a server that has seen nothing, and both of them. They are set up once, and `prepare` done
 * once: every test gets database, clock and browsers as they were then.
 */
export const eachWithWitnesses = (
  take: (server: TestServer, both: Witnesses) => void,
  prepare: (server: TestServer, both: Witnesses) => Promise<unknown> = async () => undefined,
): void => {
  let server: TestServer;
  let seats: Seats;
  let back: string;
  let then: number;
  beforeAll(async () => {
    server = await startTestServer({ now: NOW });
    seats = await twoSeats(server);
    await prepare(server, bothSeated(server, seats));
    back = await keepTables(server.pool);
    then = server.world.now().getTime();
  }, 120_000);
  afterAll(() => server?.stop());
  beforeEach(async () => {
    await server.pool.query(back);
    server.moveSeconds((then - server.world.now().getTime()) / 1_000);
    await server.startAnew();
    const both = { ...seats, ann: copyOf(seats.ann), ben: copyOf(seats.ben) };
    take(server, bothSeated(server, both));
  });
};

export const retire = (by: Opened, gone: { memberNumber: number; stolen: boolean }) =>
  peopleFunctions(by.session).retire(gone);

export const leavesOf = async (server: TestServer): Promise<readonly Uint8Array[]> => {
  const answer = await fetch(`${server.source}/api/log/entries?from=0`);
  return parseLeaves(new Uint8Array(await answer.arrayBuffer()));
};

/** Another log in the database than the one that was grown: what whoever holds the server can do. */
export const rewriteLog = async (
  server: TestServer,
  leaves: readonly Uint8Array[],
): Promise<void> => {
  const { db, pool } = { db: server.world.db, pool: server.pool };
  await pool.query("DELETE FROM log_leaf; DELETE FROM log_node; DELETE FROM log_size");
  await db.$transaction((tx) => createAppend(server.world)(tx, leaves));
};

export const VAULT_TABLES = ["account", "vault_record"];
const TABLES = [
  ...VAULT_TABLES,
  "roster",
  "newsroom_version",
  "messaging_key",
  "log_leaf",
  "log_node",
  "log_size",
  "seen_statement",
];

/** Keeps the server's whole state as it is now; what it answers puts it back, as a backup that is played in. */
export const keepState = async (
  { pool }: TestServer,
  tables: readonly string[] = TABLES,
): Promise<() => Promise<unknown>> => {
  const back = await keepTables(pool, tables);
  return () => pool.query(back);
};

export const rotate = (by: Opened, members: readonly number[]) => by.keys.rotate({ members });

export const again = async (by: Opened) =>
  (await by.log.lookAtLog()).findings.map(({ kind }) => kind);

/** All rosters but the last, as an answer of `/api/rosters`. */
export const withoutLast = (answer: Uint8Array): Uint8Array => {
  const reader = readerOf(answer);
  const items = Array.from({ length: reader.u16() }, () => [
    sized(reader.sized(131_200)),
    sized(reader.sized(131_200)),
  ]);
  return concat([u16(Math.max(0, items.length - 1)), ...items.slice(0, -1).flat()]);
};
