import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Instance, startInstance } from "../support/instance.ts";
import { type RawAnswer, type RawRequest, requestText, sayTo } from "../support/raw-request.ts";

type Manifest = {
  readonly files: readonly {
    readonly app: string;
    readonly path: string;
    readonly wasm: boolean;
  }[];
};
const manifest: Manifest = JSON.parse(
  readFileSync(new URL("../../dist/site/manifest.json", import.meta.url), "utf8"),
);

/** What members' browsers compare at the source's address; all else is for no other page. */
const OPEN = ["/api/newsroom", "/api/log/checkpoint", "/api/log/evidence"];

const octets = { "content-type": "application/octet-stream" };
const asked: readonly (readonly [string, RawRequest])[] = [
  ["a page", { path: "/" }],
  ["a page in French", { path: "/fr/" }],
  ["a page in Arabic", { path: "/ar/" }],
  ["the head of a page", { method: "HEAD", path: "/" }],
  ["the health check", { path: "/healthz" }],
  ["the newsroom before set-up", { path: "/api/newsroom" }],
  ["a checkpoint before set-up", { path: "/api/log/checkpoint" }],
  ["evidence before set-up", { path: "/api/log/evidence" }],
  ["leaves before set-up", { path: "/api/log/entries?from=0" }],
  ["nothing there", { path: "/nothing" }],
  ["a favicon", { path: "/favicon.ico" }],
  ["a path that leaves the folder", { path: "/../../package.json" }],
  ["a path that cannot be decoded", { path: "/%ff%zz" }],
  ["a method that nobody offers", { method: "PATCH", path: "/" }],
  [
    "a preflight",
    { method: "OPTIONS", path: "/api/messages", headers: { origin: "https://a.example" } },
  ],
  ["another host", { path: "/", headers: { host: "other.example" } }],
  [
    "a wrong type",
    { method: "POST", path: "/api/messages", headers: { "content-type": "text/plain" }, body: "x" },
  ],
  ["no token", { method: "POST", path: "/api/messages", headers: octets, body: "x" }],
  [
    "a wrong token",
    {
      method: "POST",
      path: "/api/messages",
      headers: { ...octets, authorization: "Bearer x" },
      body: "x",
    },
  ],
  [
    "a wrong answer to a challenge",
    { method: "POST", path: "/api/mailbox/token", headers: octets, body: "x" },
  ],
  [
    "broken JSON",
    {
      method: "POST",
      path: "/api/login",
      headers: { "content-type": "application/json" },
      body: "{",
    },
  ],
  [
    "a body of another page's origin",
    {
      method: "POST",
      path: "/api/login",
      headers: { "content-type": "application/json", origin: "https://a.example" },
      body: "{}",
    },
  ],
];

/** Compared byte for byte from outside; written out here, so that no change of it goes unseen. */
const policyOf = (scripts: string): string =>
  `default-src 'none'; script-src ${scripts}; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types sealdrop`;
const pagePolicy = policyOf("'self'");
const wasmPolicy = policyOf("'self' 'wasm-unsafe-eval'");

/** All that a page of this origin may still do. */
const allowed = {
  source: ["clipboard-write"],
  newsroom: ["clipboard-write", "publickey-credentials-create", "publickey-credentials-get"],
};

/** Those of Chromium 156 and of its other platforms that reach devices, machines or the person. */
const off = `accelerometer autoplay bluetooth browsing-topics camera clipboard-read compute-pressure
  digital-credentials-get display-capture encrypted-media fullscreen gamepad geolocation
  gyroscope hid identity-credentials-get idle-detection local-fonts local-network
  local-network-access loopback-network magnetometer microphone midi otp-credentials
  payment picture-in-picture screen-wake-lock serial speaker-selection storage-access
  usb web-share window-management xr-spatial-tracking`.split(/\s+/);

const always: Readonly<Record<string, RegExp>> = {
  "content-security-policy": /^default-src 'none'; script-src 'self'/,
  "referrer-policy": /^no-referrer$/,
  "cross-origin-opener-policy": /^same-origin$/,
  "cross-origin-resource-policy": /^same-origin$/,
  "x-content-type-options": /^nosniff$/,
  "permissions-policy": /camera=\(\).*microphone=\(\)/,
  "x-frame-options": /^DENY$/,
  "x-robots-tag": /noindex/,
};

/** Each would name a program, a machine, a moment or a visitor. */
const never = [
  "server",
  "x-powered-by",
  "date",
  "etag",
  "last-modified",
  "set-cookie",
  "link",
  "refresh",
  "via",
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "nel",
  "report-to",
];

let instance: Instance;
let ports: { readonly source: number; readonly newsroom: number };

beforeAll(async () => {
  instance = await startInstance();
  ports = instance.ports;
}, 120_000);
afterAll(() => instance?.close());

const ask = (listener: "source" | "newsroom", request: RawRequest): Promise<RawAnswer> =>
  sayTo(ports[listener], requestText(new URL(instance[listener].origin).host, request));

const missing = ({ headers }: RawAnswer): readonly string[] =>
  Object.entries(always)
    .filter(([name, value]) => !value.test(headers.get(name) ?? ""))
    .map(([name]) => name);
const tooMuch = ({ headers }: RawAnswer): readonly string[] =>
  never.filter((name) => headers.has(name));

describe("every answer of both listeners", () => {
  for (const listener of ["source", "newsroom"] as const)
    it.each(asked)(
      `${listener}: carries the whole list of headers, to %s`,
      async (_name, request) => {
        const answer = await ask(listener, request);
        expect(answer.status).toBeGreaterThanOrEqual(200);
        expect(answer.status).toBeLessThan(500);
        expect(missing(answer)).toEqual([]);
        const open = listener === "source" && OPEN.includes(request.path);
        expect(tooMuch(answer)).toEqual(open ? ["access-control-allow-origin"] : []);
        expect(answer.headers.get("access-control-allow-origin") ?? "*").toBe("*");
      },
    );

  it("carries them even to what is not HTTP", async () => {
    const answer = await sayTo(ports.source, "hello\r\n\r\n");
    expect(answer.status).toBe(400);
    expect(missing(answer)).toEqual([]);
    expect(tooMuch(answer)).toEqual([]);
  });

  it.each(asked)("of the source's forbids every cache, to %s", async (_name, request) => {
    const answer = await ask("source", request);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });
});

describe("what pages may do", () => {
  it.each(["source", "newsroom"] as const)(
    "%s: none of what reaches devices, other machines or the person, but what is named",
    async (listener) => {
      const answer = await ask(listener, { path: "/" });
      const list = (answer.headers.get("permissions-policy") ?? "").split(", ");
      const on = list.filter((entry) => !entry.endsWith("=()"));
      expect(on.sort()).toEqual(allowed[listener].map((name) => `${name}=(self)`));
      expect(off.filter((name) => !list.includes(`${name}=()`))).toEqual([]);
    },
  );

  it.each(["source", "newsroom"] as const)(
    "%s: the policy is the same on pages, answers and errors, byte for byte",
    async (listener) => {
      const policies: unknown[] = [];
      for (const [, request] of asked) {
        policies.push((await ask(listener, request)).headers.get("content-security-policy"));
      }
      expect([...new Set(policies)]).toEqual([pagePolicy]);
    },
  );
});

describe("every built file", () => {
  it("carries the list too, and WebAssembly is allowed to its workers alone", async () => {
    const files = manifest.files.filter(({ app }) => app === "source");
    expect(files.filter(({ wasm }) => wasm)).toHaveLength(1);
    for (const { path, wasm } of files) {
      const answer = await ask("source", { path });
      expect([path, answer.status, missing(answer), tooMuch(answer)]).toEqual([path, 200, [], []]);
      const policy = answer.headers.get("content-security-policy") ?? "";
      expect(policy).toBe(wasm ? wasmPolicy : pagePolicy);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
  });

  it("gives everybody the same bytes, whoever asks", async () => {
    const plain = await ask("source", { path: "/" });
    const other = await ask("source", {
      path: "/",
      headers: {
        "user-agent": "Somebody Else",
        cookie: "sealdrop-session=x",
        "accept-language": "ar",
        "x-forwarded-for": "203.0.113.9",
        referer: "https://a.example/",
      },
    });
    expect(other.text).toBe(plain.text);
    expect([...other.headers]).toEqual([...plain.headers]);
  });
});

describe("a service with an onion and a TLS address", () => {
  const onion = `http://${"a".repeat(56)}.onion`;
  let both: Instance;

  beforeAll(async () => {
    both = await startInstance({
      environment: { SOURCE_ORIGIN: `https://tips.example,${onion}` },
    });
  }, 120_000);
  afterAll(() => both?.close());

  it("points from TLS to the onion and insists on TLS there", async () => {
    const { headers } = await sayTo(both.ports.source, requestText("tips.example", { path: "/" }));
    expect(headers.get("onion-location")).toMatch(new RegExp(`^${onion}`));
    expect(headers.get("strict-transport-security")).toMatch(/max-age=\d{7,}/);
  });

  it("says nothing of TLS or of the other address on the onion", async () => {
    const host = new URL(onion).host;
    const answer = await sayTo(both.ports.source, requestText(host, { path: "/" }));
    expect(answer.status).toBe(200);
    expect(answer.headers.has("strict-transport-security")).toBe(false);
    expect(answer.headers.has("onion-location")).toBe(false);
    expect([...answer.headers.values(), answer.text].join()).not.toContain("tips.example");
  });
});
