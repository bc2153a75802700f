import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { BrowserStore } from "../../src/browser/newsroom/worker/browser-store.ts";
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
import { startAgain } from "./staff.ts";
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

const witness = (
  server: TestServer,
  who: {
    readonly name: string;
    readonly userName: string;
    readonly store: BrowserStore;
    code(): string;
  },
): Witness => {
  const { store } = who;
  const logIn = (client: WorkerClient): Promise<unknown> => {
    const factor = { totpCode: who.code() };
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

/** Ben's answer to Ann's invitation, or a later colleague's; signed onto the list by `admin`. */
export const joinedBy = async (
  server: TestServer,
  admin: WorkerClient,
  name: string,
): Promise<Witness> => {
  const store = paperStore();
  const userName = name.toLowerCase();
  const people = peopleFunctions(admin.session);
  const secret = await people.invite({ label: name });
  const joining = joiningFunctions(workerClient(server, { store }).session);
  await joining.startJoining({ secret });
  const factor = joining.joinFactor({ userName });
  const code = (): string => {
    server.moveSeconds(60);
    return totpAt(factor.secret, Math.floor(server.world.now().getTime() / 30_000));
  };
  await joining.finishJoining({ name, userName, passphrase: PASSPHRASE, totpCode: code() });
  const [invite] = await people.invitations();
  if (invite?.words === undefined || invite.words === null) throw new Error("nobody answered");
  await people.approve({ id: invite.id, words: invite.words });
  return witness(server, { name, userName, store, code });
};

/** Ann is the admin; Ben is in the list since roster 2. */
export const twoWitnesses = async (server: TestServer): Promise<Witnesses> => {
  const store = paperStore();
  const { client, code, newsroomWords } = await setUpByWorker(server, { store });
  const ben = await joinedBy(server, client, "Ben");
  await client.log.lookAtLog();
  const ann = witness(server, { name: "Ann", userName: "ann", store, code });
  return { newsroomWords, ann, ben };
};

const NOW = new Date("2026-11-22T12:00:00Z");

/** For each test of a file a server that has seen nothing, and both of them. */
export const eachWithWitnesses = (
  take: (server: TestServer, both: Witnesses) => void | Promise<void>,
): void => {
  let base: TestServer;
  let server: TestServer;
  beforeAll(async () => {
    base = await startTestServer();
  });
  afterAll(() => base?.stop());
  beforeEach(async () => {
    server = await startAgain(base, { now: NOW });
    await take(server, await twoWitnesses(server));
  }, 120_000);
  afterEach(() => server?.stop());
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
