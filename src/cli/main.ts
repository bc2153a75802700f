import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadPublicSodium } from "../protocol/public/backend-sodium.ts";
import { buildSite } from "../site/build.ts";
import type { ManifestEntry } from "../site/emit.ts";
import { readArguments, USAGE } from "./arguments.ts";
import { CheckError } from "./fetching.ts";
import { tableOf } from "./report.ts";
import { verify } from "./verify.ts";

/** Exit code 0: everything is right; 1: something differs; 2: it could not be checked. */

const ROOT = resolve(import.meta.dirname, "../..");

const buildHere = async (): Promise<readonly ManifestEntry[]> => {
  const out = mkdtempSync(join(tmpdir(), "sealdrop-verify-"));
  try {
    return await buildSite(ROOT, out);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
};

const run = async (): Promise<number> => {
  const options = readArguments(process.argv.slice(2));
  if (options === null) throw new CheckError(USAGE);
  process.stderr.write("building this checkout's own files ...\n");
  const manifest = await buildHere();
  const loaded = await loadPublicSodium((length) => new Uint8Array(randomBytes(length)));
  if (!loaded.ok) throw new CheckError(loaded.code);
  const rows = await verify({ crypto: loaded.crypto, now: () => Date.now(), manifest }, options);
  const wrong = rows.filter(({ verdict }) => verdict === "DIFFERS").length;
  const end = wrong === 0 ? "Nothing differs." : `${wrong} of ${rows.length} differ.`;
  process.stdout.write(`${tableOf(rows)}\n\n${end}\n`);
  return wrong === 0 ? 0 : 1;
};

try {
  process.exitCode = await run();
} catch (error) {
  const text = error instanceof CheckError ? error.message : "the check itself failed";
  process.stderr.write(`${text}\n`);
  if (!(error instanceof CheckError)) process.stderr.write(`${String(error)}\n`);
  process.exitCode = 2;
}
