import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BrowserKind, openBrowser, type TestBrowser } from "../support/browsers.ts";

/** Both backends loaded as a page's script loads them, under a policy that allows WebAssembly and under one that forgot it. */

const SCRIPT = `
  import { loadNoble } from "./src/protocol/secret/backend-noble.ts";
  import { loadSodium } from "./src/protocol/secret/backend-sodium.ts";
  const random = (length) => crypto.getRandomValues(new Uint8Array(length));
  const unhandled = [];
  addEventListener("unhandledrejection", (event) => unhandled.push(String(event.reason)));
  const said = (loaded) => (loaded.ok ? "ready" : loaded.code);
  const sodium = said(await loadSodium(random));
  const noble = said(await loadNoble(random));
  document.title = JSON.stringify({ sodium, noble, unhandled });
`;

const POLICIES = {
  "/allowed": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
  "/forgotten": "default-src 'none'; script-src 'self'",
} as const;

let server: Server;
let origin: string;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: SCRIPT, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    format: "esm",
    write: false,
  });
  server = createServer((request, response) => {
    const path = request.url ?? "";
    if (path === "/script.js") {
      response.setHeader("Content-Type", "text/javascript");
      response.end(outputFiles[0]?.contents);
      return;
    }
    response.setHeader("Content-Type", "text/html");
    if (path === "/allowed" || path === "/forgotten") {
      response.setHeader("Content-Security-Policy", POLICIES[path]);
    }
    response.end(`<!doctype html><title></title><script type="module" src="/script.js"></script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
});

const answerAt = async (browser: TestBrowser, path: keyof typeof POLICIES): Promise<unknown> => {
  const page = await browser.open(`${origin}${path}`);
  await page.waitForFunction(() => document.title !== "", { timeout: 30_000 });
  return JSON.parse(await page.title());
};

const EXPECTED: readonly (readonly [BrowserKind, keyof typeof POLICIES, string])[] = [
  ["chromium", "/allowed", "ready"],
  ["chromium", "/forgotten", "webassembly-blocked"],
  ["firefox", "/allowed", "ready"],
  ["firefox", "/forgotten", "webassembly-blocked"],
  ["safer", "/allowed", "no-webassembly"],
  ["safer", "/forgotten", "no-webassembly"],
];

describe.each(["chromium", "firefox", "safer"] as const)("in %s", (kind) => {
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await openBrowser(kind);
  });
  afterAll(() => browser.close());
  it.each(EXPECTED.filter(([where]) => where === kind))(
    "%s under %s: libsodium says %s, noble is ready, and nothing is left unhandled",
    async (_kind, path, sodium) => {
      expect(await answerAt(browser, path)).toEqual({ sodium, noble: "ready", unhandled: [] });
    },
  );
});
