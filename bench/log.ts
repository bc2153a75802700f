import { once } from "node:events";
import { createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { base64url } from "../src/protocol/public/bytes.ts";
import { parseLeaves } from "../src/protocol/public/log-evidence.ts";
import { grow, leafHash, NO_PEAKS, rootOf } from "../src/protocol/public/log-tree.ts";
import type { Figure, Line } from "./figure.ts";
import { type BenchBrowser, openBrowser } from "./support/browser.ts";
import { crypto } from "./support/crypto.ts";
import { storeNewsroom } from "./support/newsroom.ts";
import { storePastKeys } from "./support/past-keys.ts";
import { ROOT, startService } from "./support/service.ts";

/** List, checkpoint and proofs of ten journalists whose weekly keys have been logged for three years: bytes, and time to verify. */

/** What a browser that comes back may have seen last. */
const SEEN = 1_000;

/** Body and headers of one answer. */
const wireBytes = async (url: string): Promise<number> => {
  const request = get(url, { headers: { "accept-encoding": "identity" } });
  const [response] = await once(request, "response");
  let bytes = response.rawHeaders.join("").length + response.rawHeaders.length * 2;
  for await (const part of response) bytes += part.length;
  return bytes;
};

const rootAt = async (origin: string, size: number): Promise<Uint8Array> => {
  let peaks = NO_PEAKS;
  while (peaks.size < size) {
    const answer = await fetch(`${origin}/api/log/entries?from=${peaks.size}`);
    const page = parseLeaves(new Uint8Array(await answer.arrayBuffer()));
    for (const leaf of page.slice(0, size - peaks.size)) {
      peaks = grow(crypto, peaks, leafHash(crypto, leaf)).peaks;
    }
  }
  return rootOf(crypto, peaks);
};

const openPages = async (): Promise<Server> => {
  const { outputFiles } = await build({
    entryPoints: [`${ROOT}/bench/support/log-page.ts`],
    bundle: true,
    format: "esm",
    minify: true,
    write: false,
  });
  const server = createServer((request, response) => {
    const script = request.url === "/script.js";
    response.setHeader("Content-Type", script ? "text/javascript" : "text/html");
    response.end(
      script
        ? outputFiles[0]?.contents
        : '<!doctype html><title></title><script type="module" src="/script.js"></script>',
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
};

const verifyOnce = async (browser: BenchBrowser, url: string): Promise<number> => {
  const page = await browser.freshPage();
  await page.goto(url);
  await page.waitForFunction(() => document.title !== "", { timeout: 60_000 });
  const { holds, ms } = JSON.parse(await page.title());
  if (holds !== true) throw new Error("the evidence does not hold");
  return ms;
};

const CASES = [
  { kind: "chromium", backend: "sodium", limit: 60, name: "" },
  { kind: "safer", backend: "noble", limit: 1_000, name: ", Safer" },
] as const;

export const log: Figure = {
  name: "log",
  measure: async (bench) => {
    const service = await startService();
    const pages = await openPages();
    try {
      const newsroom = await storeNewsroom(service, 10);
      bench.say("publishing three years of keys");
      await storePastKeys(service, newsroom);
      const evidence = `${service.source}/api/log/evidence?from=${SEEN}`;
      const what = "list and proofs, 10 journalists after 3 years";
      const bytes = [await wireBytes(evidence)].map((one) => one / 1_000);
      const lines: Line[] = [{ what, unit: "kB", values: bytes, limit: 60, scaled: false }];
      const { port } = pages.address() as AddressInfo;
      const query = new URLSearchParams({
        url: evidence,
        size: String(SEEN),
        root: base64url(await rootAt(service.source, SEEN)),
        today: String(newsroom.day),
      });
      for (const { kind, backend, limit, name } of CASES) {
        const browser = await openBrowser(kind);
        const url = `http://127.0.0.1:${port}/?${query}&backend=${backend}`;
        const values = await bench.repeat(() => verifyOnce(browser, url));
        await browser.close();
        lines.push({ what: `the same, verified${name}`, unit: "ms", values, limit, scaled: true });
      }
      return lines;
    } finally {
      pages.close();
      await service.close();
    }
  },
};
