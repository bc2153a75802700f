import { resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { startTestServer, type TestServer } from "../support/server.ts";
import { issueSetupToken } from "../support/staff.ts";
import { totpAt } from "../support/totp.ts";
import { PASSPHRASE } from "../support/worker-client.ts";

/**
 * The worker's own main file, in a thread: what it asks of `fetch` decides what a browser sends along, also where the two addresses
 * share cookies, as those of other tests do not.
 */
type Asked = {
  readonly url: string;
  readonly init: RequestInit;
  readonly headers: readonly (readonly [string, string])[];
};
type Answer = { readonly id: number; readonly kind: string; readonly output?: unknown };
type Said = { readonly asked: Asked } | { readonly answer: Answer };

/** A browser's part: the worker's few global names, relative addresses, the origin, and the newsroom's cookie. */
const BROWSER = `
  const { parentPort, workerData } = require("node:worker_threads");
  globalThis.addEventListener = (kind, listener) => {
    if (kind === "message") parentPort.on("message", (data) => listener({ data }));
  };
  globalThis.postMessage = (answer) => parentPort.postMessage({ answer });
  const real = globalThis.fetch;
  let cookie = "";
  globalThis.fetch = async (url, { signal, headers, body, ...init } = {}) => {
    const sent = new Headers(headers);
    parentPort.postMessage({ asked: { url, init, headers: [...sent] } });
    const whole = { ...init, body, signal };
    if (!url.startsWith("/")) return real(url, { ...whole, headers });
    sent.set("origin", workerData);
    sent.set("cookie", cookie);
    const response = await real(workerData + url, { ...whole, headers: sent });
    cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
    return response;
  };
`;

const bundled = async (): Promise<string> => {
  const { outputFiles } = await build({
    absWorkingDir: resolve(import.meta.dirname, "../.."),
    entryPoints: ["src/browser/newsroom/worker/main.ts"],
    bundle: true,
    write: false,
    platform: "node",
    format: "iife",
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
};

let server: TestServer;
let worker: Worker;
const asked: Asked[] = [];
const answers = new Map<number, (answer: Answer) => void>();

const call = async (name: string, input: unknown): Promise<unknown> => {
  const id = answers.size + 1;
  const answer = await new Promise<Answer>((given) => {
    answers.set(id, given);
    worker.postMessage({ id, name, input });
  });
  expect([name, answer.kind]).toEqual([name, "done"]);
  return answer.output;
};

const isOutside = ({ url }: Asked): boolean => !url.startsWith("/");

beforeAll(async () => {
  // The worker's clock is the machine's.
  server = await startTestServer({ now: new Date() });
  worker = new Worker(`${BROWSER}\n${await bundled()}`, {
    eval: true,
    workerData: server.newsroom,
  });
  worker.on("message", (said: Said) => {
    if ("asked" in said) asked.push(said.asked);
    else if (/^(?:done|failed)$/.test(said.answer.kind)) answers.get(said.answer.id)?.(said.answer);
  });
  const setupToken = new Uint8Array(await issueSetupToken(server));
  const person = { name: "Ann", userName: "ann", passphrase: PASSPHRASE };
  await call("startSetUp", { setupToken });
  const { secret } = (await call("setUpFactor", person)) as { readonly secret: string };
  const totpCode = totpAt(secret, Math.floor(server.world.now().getTime() / 30_000));
  const newsroom = { newsroomName: "The Paper", words: "", otherContact: "by post" };
  await call("finishSetUp", { setupToken, ...newsroom, ...person, totpCode });
  await vi.waitFor(() => expect(asked.filter(isOutside)).not.toEqual([]), { timeout: 30_000 });
}, 60_000);
afterAll(async () => {
  await worker?.terminate();
  await server?.stop();
});

it("asks at the sources' address for the log's evidence, without credentials or anything that names a member", () => {
  for (const one of asked.filter(isOutside)) {
    expect(one).toEqual({
      url: `${server.source}/api/log/evidence`,
      headers: [],
      init: {
        method: "GET",
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        referrerPolicy: "no-referrer",
      },
    });
  }
});

it("sends the session's cookie along to its own address", () => {
  const own = asked.filter((one) => !isOutside(one));
  expect(own.map(({ url }) => url)).toContain("/api/vault");
  expect(new Set(own.map(({ init }) => init.credentials))).toEqual(new Set(["same-origin"]));
});
