import { PAGE_POLICY, wasmPolicy } from "../protocol/public/page-policy.ts";
import { type ManifestEntry, sha256 } from "../site/emit.ts";
import { get } from "./fetching.ts";
import { differs, judged, plain, type Row } from "./report.ts";

/** The files a server sends, in each of their three forms, against those of this checkout. */

const CODINGS = ["identity", "gzip", "br"] as const;

/** Which other addresses the newsroom's worker may ask at is the instance's own; said, not compared. */
const othersIn = (policy: string): readonly string[] =>
  /connect-src 'self' ([^;]*);/.exec(policy)?.[1]?.split(" ") ?? [];

const expectedPolicy = ({ app, wasm }: ManifestEntry, others: readonly string[]): string =>
  wasm ? wasmPolicy(app, others) : PAGE_POLICY;

const wrongIn = async (origin: string, entry: ManifestEntry): Promise<readonly string[]> => {
  const wrong: string[] = [];
  for (const coding of CODINGS) {
    const { status, type, policy, bytes } = await get(`${origin}${entry.path}`, coding);
    if (status !== 200) wrong.push(`${coding}: status ${status}`);
    else if (sha256(bytes) !== entry.sha256) wrong.push(`${coding}: other bytes`);
    if (type !== entry.type) wrong.push(`${coding}: type ${plain(type)}`);
    if (policy !== expectedPolicy(entry, othersIn(policy))) wrong.push(`${coding}: another policy`);
  }
  return wrong;
};

const rowOf = async (origin: string, entry: ManifestEntry): Promise<Row> => {
  const what = `${entry.app} ${entry.path}`;
  const wrong = await wrongIn(origin, entry);
  return wrong.length === 0
    ? judged(what, true, `${entry.bytes} bytes, ${entry.sha256.slice(0, 16)}`)
    : differs(what, wrong.join(", "));
};

export const checkFiles = async (
  origin: string,
  manifest: readonly ManifestEntry[],
): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for (const entry of manifest) rows.push(await rowOf(origin, entry));
  return rows;
};
