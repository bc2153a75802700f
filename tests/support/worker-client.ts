import { createHttp, type HttpRequest } from "../../src/browser/kit/http.ts";
import { accountFunctions } from "../../src/browser/newsroom/worker/account.ts";
import { createApi } from "../../src/browser/newsroom/worker/api.ts";
import type { BrowserStore } from "../../src/browser/newsroom/worker/browser-store.ts";
import { deviceFunctions } from "../../src/browser/newsroom/worker/device-secret.ts";
import type { NewsroomEvent } from "../../src/browser/newsroom/worker/events.ts";
import { factorFunctions } from "../../src/browser/newsroom/worker/factors.ts";
import { keysFunctions } from "../../src/browser/newsroom/worker/keys.ts";
import { TARGET_HASH_COST } from "../../src/browser/newsroom/worker/new-account.ts";
import { createSession, type Session } from "../../src/browser/newsroom/worker/session.ts";
import { setUpFunctions } from "../../src/browser/newsroom/worker/set-up.ts";
import { witnessFunctions } from "../../src/browser/newsroom/worker/witnessing.ts";
import type { PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import type { HashCost } from "../../src/protocol/secret/passphrase.ts";
import { paperStore } from "./paper-staff.ts";
import { rememberingSumo } from "./remembering-sumo.ts";
import type { TestServer } from "./server.ts";
import { issueSetupToken } from "./staff.ts";
import { totpAt } from "./totp.ts";

/** The worker's own functions against a real server, without a page: HTTP, vault, keys and Argon2id are all real. */
export type WorkerClient = {
  readonly session: Session;
  readonly account: ReturnType<typeof accountFunctions>;
  readonly keys: ReturnType<typeof keysFunctions>;
  readonly setUp: ReturnType<typeof setUpFunctions>;
  readonly log: ReturnType<typeof witnessFunctions>;
  readonly device: ReturnType<typeof deviceFunctions>;
  readonly factors: ReturnType<typeof factorFunctions>;
  /** The cookie, as a browser keeps it. */
  cookie: string;
};

/** Where a worker's requests go, and what time it is there. */
export type WorkerPlace = Pick<TestServer, "newsroom"> & {
  readonly world: Pick<TestServer["world"], "now">;
};

export type WorkerClientOptions = {
  readonly hashCost?: HashCost;
  readonly cookie?: string;
  /** The browser's own storage; a new one when there is none. */
  readonly store?: BrowserStore;
  /** What a hostile server says instead, at both addresses; null lets the real answer through. */
  readonly alter?: (url: string, answer: Uint8Array) => Uint8Array | null;
  /** Before each request; one that throws is a broken line. */
  readonly before?: (path: string, method?: string) => void;
  /** After the server has acted; one that throws loses the answer. */
  readonly after?: (path: string, method?: string) => void;
  /** Carries each request: it may wait, break the line, or lose the answer. */
  readonly line?: Carry;
  /** The cookie that this browser's tabs share. */
  readonly jar?: Jar;
  readonly crypto?: PassphraseCrypto;
  /** Where the next request goes, of several replicas. */
  readonly replica?: () => WorkerPlace;
  readonly emit?: (event: NewsroomEvent) => void;
  /** Takes what the worker would do again and again. */
  readonly repeat?: (work: () => void) => void;
};

export type Jar = { cookie: string };

/** One request, sent by `ask`. */
export type Carry = (
  sent: { readonly path: string; readonly body: unknown },
  ask: () => Promise<Response>,
) => Promise<Response>;

/** With the whole answer here, what the client does next waits for nothing but its own code. */
export const fetchWhole = async (url: string, init: RequestInit = {}): Promise<Response> => {
  const response = await fetch(url, init);
  const { status, headers } = response;
  const body = await response.arrayBuffer();
  return new Response(body.byteLength === 0 ? null : body, { status, headers });
};

type Altered = (url: string, response: Response) => Promise<Response>;

const alteredBy =
  ({ alter }: WorkerClientOptions): Altered =>
  async (url, response) => {
    if (alter === undefined || !response.ok || response.status === 204) return response;
    const real = new Uint8Array(await response.arrayBuffer());
    return new Response(new Uint8Array(alter(url, real) ?? real), { status: response.status });
  };

type HttpParts = {
  readonly server: WorkerPlace;
  readonly options: WorkerClientOptions;
  readonly jar: Jar;
};

const lineOf = ({ server, options, jar }: HttpParts) => {
  const altered = alteredBy(options);
  const carry: Carry = options.line ?? ((_sent, ask) => ask());
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    options.before?.(path, init.method);
    const { newsroom } = options.replica?.() ?? server;
    const headers = new Headers(init.headers);
    headers.set("origin", newsroom);
    if (jar.cookie !== "") headers.set("cookie", jar.cookie);
    const response = await fetchWhole(`${newsroom}${path}`, { ...init, headers });
    const [given] = response.headers.getSetCookie();
    if (given !== undefined) jar.cookie = given.split(";")[0] ?? "";
    options.after?.(path, init.method);
    return altered(`${newsroom}${path}`, response);
  };
  const world = { onWait: () => undefined, sleep: () => Promise.resolve() };
  return {
    outside: createHttp({
      ...world,
      credentials: "omit",
      fetch: (input, init) => {
        const url = String(input);
        const ask = async () => altered(url, await fetchWhole(url, init));
        return carry({ path: url, body: null }, ask);
      },
    }),
    own: createHttp({
      ...world,
      credentials: "same-origin",
      fetch: (input, init = {}) => {
        const path = String(input);
        return carry({ path, body: init.body ?? null }, () => send(path, init));
      },
    }),
  };
};

/** The worker's world, without any room in it yet. */
export const workerSession = (
  server: WorkerPlace,
  options: WorkerClientOptions,
  jar: Jar,
): Session => {
  const { own, outside } = lineOf({ server, options, jar });
  return createSession({
    crypto: async () => options.crypto ?? rememberingSumo,
    api: createApi({
      ...own,
      // Nothing is repeated by itself: a test says when the line is back.
      json: (path, request: HttpRequest = {}) => own.json(path, { ...request, repeat: false }),
    }),
    store: options.store ?? paperStore(),
    askOutside: outside.bytes,
    hashCost: options.hashCost ?? TARGET_HASH_COST,
    now: () => server.world.now().getTime(),
    repeat: (_milliseconds, work) => options.repeat?.(work),
    emit: (event) => options.emit?.(event),
  });
};

export const workerClient = (
  server: TestServer,
  options: WorkerClientOptions = {},
): WorkerClient => {
  const jar = options.jar ?? { cookie: options.cookie ?? "" };
  const session = workerSession(server, options, jar);
  return {
    session,
    account: accountFunctions(session),
    keys: keysFunctions(session),
    setUp: setUpFunctions(session),
    log: witnessFunctions(session),
    device: deviceFunctions(session),
    factors: factorFunctions(session),
    get cookie() {
      return jar.cookie;
    },
    set cookie(cookie) {
      jar.cookie = cookie;
    },
  };
};

/** What somebody types to come in. */
export type Way = {
  readonly userName: string;
  readonly passphrase: string;
  /** Of the next half minute, to which the clock is moved. */
  code(): string;
};

/** Logs in there; the desk's rooms are made before, since they are where what comes at once goes. */
export const logInAt = async <Desk extends Pick<WorkerClient, "account">>(
  desk: Desk,
  { userName, passphrase, code }: Way,
): Promise<Desk> => {
  await desk.account.logIn({ userName, passphrase, factor: { totpCode: code() } });
  return desk;
};

export type SetUpAccount = Way & {
  readonly client: WorkerClient;
  readonly newsroomWords: readonly string[];
  readonly recoveryWords: readonly string[];
  readonly totpSecret: string;
};

export const PASSPHRASE = "stapler onward gravel tulip mosaic ferry";

/** A newsroom set up through the worker, with a passphrase that a person could type. */
export const setUpByWorker = async (
  server: TestServer,
  options: WorkerClientOptions = {},
): Promise<SetUpAccount> => {
  const client = workerClient(server, options);
  const setupToken = await issueSetupToken(server);
  const paper = await client.setUp.startSetUp({ setupToken });
  const { secret: totpSecret } = client.setUp.setUpFactor({ userName: "ann" });
  const code = (): string => {
    server.moveSeconds(60);
    return totpAt(totpSecret, Math.floor(server.world.now().getTime() / 30_000));
  };
  await client.setUp.finishSetUp({
    setupToken,
    newsroomName: "The Paper",
    words: "",
    otherContact: "by post",
    name: "Ann",
    userName: "ann",
    passphrase: PASSPHRASE,
    totpCode: code(),
  });
  const recoveryWords = paper.recovery;
  const newsroomWords = paper.newsroom;
  const knows = { passphrase: PASSPHRASE, newsroomWords, recoveryWords, totpSecret };
  return { client, userName: "ann", ...knows, code };
};
