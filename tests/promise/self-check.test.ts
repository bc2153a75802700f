import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needlesOf, search } from "../support/canary.ts";
import { searchEverywhere } from "../support/everywhere.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { searchMemory } from "../support/memory.ts";

/** Here something IS kept where it must not be: a search that finds nothing in these three proves nothing elsewhere. */
const secret = 'Kanarienvogel-4711 "züri"\n';
const needles = needlesOf([{ name: "canary", secret }]);

const mask = 0x55;
const masked = JSON.stringify([...Buffer.from(secret)].map((byte) => byte ^ mask));

/** Runs inside the real server before its own code. The text exists as bytes only, and only once unmasked. */
const plant = (work: string): readonly string[] => [
  "--import",
  `data:text/javascript,${encodeURIComponent(
    `const kept = Buffer.allocUnsafeSlow(64); ${masked}.forEach((byte, at) => { kept[at] = byte ^ ${mask}; });
     ${work}`,
  )}`,
];

describe("the search itself", () => {
  let clean: Instance;
  let keeper: Instance;
  let talker: Instance;

  beforeAll(async () => {
    clean = await startInstance();
    keeper = await startInstance({ nodeArguments: plant("globalThis.kept = kept;") });
    talker = await startInstance({
      nodeArguments: plant(
        "process.stdout.write(JSON.stringify({ level: 30, said: kept.toString('utf8', 0, 27) }) + '\\n');",
      ),
    });
    await keeper.withDatabase(async (client) => {
      await client.query("create table planted (id int, row bytea)");
      await client.query("insert into planted values (1, $1)", [Buffer.from(secret)]);
    });
  }, 180_000);
  afterAll(() => Promise.all([clean?.close(), keeper?.close(), talker?.close()]));

  it("finds nothing where nothing was planted", async () => {
    const found = await searchEverywhere(clean, needles);
    expect(found).toEqual({ requests: [], tables: [], output: [], files: [] });
    expect(searchMemory(clean.pid(), needles).found).toEqual([]);
  });

  it("finds a Buffer in the memory of the real server", () => {
    const report = searchMemory(keeper.pid(), needles);
    expect(report.found).toContain("canary (raw)");
    expect(report.bytes).toBeGreaterThan(50_000_000);
  });

  it("finds bytea in a row, by COPY and in the database's files", async () => {
    const found = await searchEverywhere(keeper, needles);
    expect(found.tables).toContain("planted: canary (raw)");
    expect(found.tables).toContain("planted: canary (hex)");
    expect(found.files.length).toBeGreaterThan(0);
  });

  it("finds it in a log line", async () => {
    const found = await searchEverywhere(talker, needles);
    expect(found.output).toContain("canary (JSON)");
  });

  it.each([
    ["a request", (bytes: Buffer) => bytes],
    ["UTF-16", (bytes: Buffer) => Buffer.from(bytes.toString(), "utf16le")],
    ["hex", (bytes: Buffer) => Buffer.from(bytes.toString("hex"))],
    ["base64", (bytes: Buffer) => Buffer.from(bytes.toString("base64"))],
    [
      "base64 after one byte",
      (bytes: Buffer) => Buffer.from(Buffer.concat([Buffer.from("x"), bytes]).toString("base64")),
    ],
    [
      "base64url after two bytes",
      (bytes: Buffer) =>
        Buffer.from(
          Buffer.concat([Buffer.from("xy"), bytes, Buffer.from("z")]).toString("base64url"),
        ),
    ],
    ["JSON", (bytes: Buffer) => Buffer.from(JSON.stringify(bytes.toString()))],
    [
      "escaped JSON",
      (bytes: Buffer) => Buffer.from(JSON.stringify(bytes.toString()).replace("ü", "\\u00fc")),
    ],
    ["a URL", (bytes: Buffer) => Buffer.from(encodeURIComponent(bytes.toString()))],
    ["Latin-1", (bytes: Buffer) => Buffer.from(bytes.toString(), "latin1")],
  ])("reads %s", (_name, encode) => {
    const hay = Buffer.concat([
      Buffer.from("before "),
      encode(Buffer.from(secret)),
      Buffer.from(" after"),
    ]);
    expect(search(hay, needles).length).toBeGreaterThan(0);
  });
});
