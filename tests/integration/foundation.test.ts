import { request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PAGE_POLICY, wasmPolicy } from "../../src/protocol/public/page-policy.ts";
import type { Site, SiteFile } from "../../src/server/static/files.ts";
import { startTestServer, type TestServer } from "../support/server.ts";

const file = (text: string, kind: Partial<SiteFile> = {}): SiteFile => ({
  type: "text/javascript",
  wasm: false,
  hashed: true,
  plain: Buffer.from(text),
  br: Buffer.from(`br ${text}`),
  gzip: Buffer.from(`gzip ${text}`),
  ...kind,
});

const files = new Map([
  ["/", file("page", { type: "text/html; charset=utf-8", hashed: false })],
  ["/main-abc.js", file("main")],
  ["/worker-abc.js", file("worker", { wasm: true })],
]);
const site: Site = { source: files, newsroom: files };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ site });
});
afterAll(() => server.stop());

type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Node's own client: fetch would add and hide headers. */
const ask = (url: string, headers: Record<string, string> = {}, method = "GET") =>
  new Promise<Answer>((resolve, reject) => {
    const sent = request(url, { headers, method }, (response) => {
      let body = "";
      response.on("data", (part) => {
        body += part;
      });
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string>,
          body,
        }),
      );
    });
    sent.on("error", reject);
    sent.end();
  });

const raw = (url: string, text: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let answer = "";
    socket.on("data", (part) => {
      answer += part;
    });
    socket.on("close", () => resolve(answer));
    socket.end(text);
  });

const expectSafeHeaders = (headers: Readonly<Record<string, string>>, policy = PAGE_POLICY) => {
  expect(headers).toMatchObject({
    "content-security-policy": policy,
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "permissions-policy": expect.stringContaining("camera=()"),
  });
  for (const name of [
    "server",
    "x-powered-by",
    "etag",
    "last-modified",
    "date",
    "link",
    "refresh",
  ]) {
    expect(headers).not.toHaveProperty(name);
  }
};

describe("every answer of both listeners", () => {
  const paths = ["/", "/main-abc.js", "/healthz", "/nothing", "/%ff", "/api/uploads/x/y"];

  it.each(paths)(
    "carries the header list and is not stored by the source's origin: %s",
    async (path) => {
      const { headers } = await ask(`${server.source}${path}`);
      expectSafeHeaders(headers);
      expect(headers["cache-control"]).toBe("no-store");
      expectSafeHeaders((await ask(`${server.newsroom}${path}`)).headers);
    },
  );

  it("carries the header list to what is not HTTP", async () => {
    const answer = await raw(server.source, "nonsense\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain(`Content-Security-Policy: ${PAGE_POLICY}`);
    expect(answer).not.toMatch(/^date:/im);
  });

  it("is 421 under a name that is not the listener's own", async () => {
    const port = new URL(server.source).port;
    for (const host of ["evil.example", `localhost:${port}`, new URL(server.newsroom).host]) {
      const { status, body, headers } = await ask(server.source, { host });
      expect([status, body]).toEqual([421, '{"error":"wrong-host"}']);
      expectSafeHeaders(headers);
    }
  });

  it("is the error not-found for a path or method that is nobody's", async () => {
    for (const method of ["GET", "POST", "OPTIONS", "TRACE", "PROPFIND"]) {
      const { status, body } = await ask(`${server.source}/nothing`, {}, method);
      expect([status, body]).toEqual([404, '{"error":"not-found"}']);
    }
  });
});

describe("static files", () => {
  it("come as brotli wherever the browser takes it, whatever it names first", async () => {
    const cases = [
      ["gzip, deflate, br, zstd", "br", "br main"],
      ["gzip, deflate", "gzip", "gzip main"],
      ["br;q=0, gzip", "gzip", "gzip main"],
      ["identity", undefined, "main"],
    ] as const;
    for (const [offered, coding, body] of cases) {
      const answer = await ask(`${server.source}/main-abc.js`, { "accept-encoding": offered });
      expect([answer.headers["content-encoding"], answer.body]).toEqual([coding, body]);
    }
  });

  it("allow WebAssembly only to the workers that hold it", async () => {
    const policy = wasmPolicy("source", server.config.sourceOrigins);
    expectSafeHeaders((await ask(`${server.source}/worker-abc.js`)).headers, policy);
    expect(policy.replace(" 'wasm-unsafe-eval'", "")).toBe(PAGE_POLICY);
  });

  it("let the newsroom's worker alone ask at the sources' addresses, to compare what is said there", () => {
    const origins = ["https://tips.example", "http://tips.onion"];
    expect(wasmPolicy("newsroom", origins)).toBe(
      wasmPolicy("source", origins).replace(
        "connect-src 'self'",
        `connect-src 'self' ${origins.join(" ")}`,
      ),
    );
    expect(wasmPolicy("source", origins)).not.toContain("tips");
  });

  it("may be cached by name on the newsroom's origin, pages never", async () => {
    const script = await ask(`${server.newsroom}/main-abc.js`);
    expect(script.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect((await ask(server.newsroom)).headers["cache-control"]).toBe("no-store");
  });
});

describe("logs", () => {
  it("hold route patterns and codes of requests, and nothing that was sent", async () => {
    const before = server.logLines.length;
    await ask(`${server.source}/canary-path?canary-query`, {
      "user-agent": "canary-agent",
      referer: "http://canary-referrer.example/",
      "x-forwarded-for": "203.0.113.77",
    });
    const lines = server.logLines.slice(before).map((line) => JSON.parse(line));
    expect(lines).toEqual([
      { level: 20, app: "source", route: "other", status: 404, code: "not-found" },
    ]);
  });
});
