import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/server/config.ts";
import { headersOf, originHeaders } from "../../src/server/http/headers.ts";
import { createSecrets } from "../../src/server/secrets/secrets.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

describe("the configuration", () => {
  it("of nothing is a service on this machine alone", () => {
    expect(readConfig({})).toEqual({
      dataDir: resolve("./.data"),
      host: "127.0.0.1",
      sourcePort: 3000,
      newsroomPort: 3001,
      sourceOrigins: ["http://127.0.0.1:3000"],
      newsroomOrigins: ["http://localhost:3001"],
      databaseUrl: null,
      databaseConnections: 12,
      secret: null,
      secretPrevious: null,
      secretNext: null,
      logLevel: "info",
    });
  });

  it("takes an empty value as none, and several origins with commas", () => {
    const config = readConfig({ HOST: "", SOURCE_ORIGIN: "https://a.example, http://b.onion" });
    expect([config.host, config.sourceOrigins]).toEqual([
      "127.0.0.1",
      ["https://a.example", "http://b.onion"],
    ]);
  });

  it("reads a secret from a file, and refuses to choose between two", () => {
    const folder = mkdtempSync(join(tmpdir(), "sealdrop-config-"));
    const file = join(folder, "secret");
    const secret = "x".repeat(40);
    writeFileSync(file, `${secret}\n`);
    expect(readConfig({ SEALDROP_SECRET_FILE: file }).secret).toBe(secret);
    const both = { SEALDROP_SECRET_FILE: file, SEALDROP_SECRET: secret };
    expect(() => readConfig(both)).toThrow("SEALDROP_SECRET and SEALDROP_SECRET_FILE");
    rmSync(folder, { recursive: true });
  });

  it.each([
    ["SOURCE_PORT", "0"],
    ["SOURCE_PORT", "3001"],
    ["NEWSROOM_PORT", "-1"],
    ["HOST", "a b"],
    ["SOURCE_ORIGIN", "tips.example"],
    ["SOURCE_ORIGIN", "https://a.example/"],
    ["NEWSROOM_ORIGIN", "ftp://a.example"],
    ["SEALDROP_DATA_DIR", "a\u0000b"],
    ["DATABASE_CONNECTIONS", "1000"],
  ])("names the setting of a wrong value and never the value: %s", (name, value) => {
    const read = () => readConfig({ [name]: value });
    expect(read).toThrow(/_PORT|HOST|_ORIGIN|_DIR|_CONNECTIONS/);
    expect(read).toThrow(/^[^\n]*$/);
  });
});

describe("headers of an origin", () => {
  const origins = ["https://tips.example", "http://abc.onion"];

  it("promise TLS only on TLS, and point to the onion only from there", () => {
    expect(Object.fromEntries(originHeaders("https://tips.example", origins))).toEqual({
      "Strict-Transport-Security": "max-age=63072000",
      "Onion-Location": "http://abc.onion",
    });
    expect([...originHeaders("http://abc.onion", origins)]).toEqual([]);
  });

  it("allow a passkey to the newsroom alone", () => {
    const of = (app: "source" | "newsroom") => headersOf(app).get("Permissions-Policy");
    expect(of("source")).toContain("publickey-credentials-get=()");
    expect(of("newsroom")).toContain("publickey-credentials-get=(self)");
  });
});

describe("the server's secrets", () => {
  const secrets = createSecrets("a".repeat(64));
  const value = utf8("TOTP secret");

  it("open only what was sealed for that purpose by that secret, unchanged", () => {
    const sealed = secrets.seal("totp", value);
    expect(secrets.open("totp", sealed)).toEqual(value);
    const changed = sealed.slice();
    changed[14] = (changed[14] ?? 0) ^ 1;
    const wrong = [
      secrets.open("other", sealed),
      createSecrets("b".repeat(64)).open("totp", sealed),
      secrets.open("totp", changed),
      secrets.open("totp", sealed.subarray(0, 20)),
    ];
    expect(wrong).toEqual([null, null, null, null]);
  });

  it("hash under a key of their own for every purpose", () => {
    expect(secrets.hash("a", value)).not.toEqual(secrets.hash("b", value));
    expect(secrets.hash("a", value)).not.toEqual(createSecrets("b".repeat(64)).hash("a", value));
  });

  it("compare in one way, whatever the lengths", () => {
    expect(secrets.equal(value, value.slice())).toBe(true);
    expect(secrets.equal(value, value.subarray(1))).toBe(false);
  });
});
