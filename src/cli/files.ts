import { PAGE_POLICY, wasmPolicy } from "../protocol/public/page-policy.ts";
import { type ManifestEntry, sha256 } from "../site/emit.ts";
import { type Got, get } from "./fetching.ts";
import { differs, plain, type Row, right } from "./report.ts";

/** The files a server sends, in each of their three forms, against those of this checkout. */

const CODINGS = ["identity", "gzip", "br"] as const;

/** Which other addresses the newsroom's worker may ask at is the instance's own; said, not compared. */
const othersIn = (policy: string): readonly string[] =>
  /connect-src 'self' ([^;]*);/.exec(policy)?.[1]?.split(" ") ?? [];

const expectedPolicy = ({ app, wasm }: ManifestEntry, others: readonly string[]): string =>
  wasm ? wasmPolicy(app, others) : PAGE_POLICY;

type Looked = { readonly wrong: readonly string[]; readonly others: readonly string[] };

const wrongIn = (entry: ManifestEntry, { status, type, policy, bytes }: Got): readonly string[] => [
  ...(status !== 200 ? [`status ${status}`] : []),
  ...(status === 200 && sha256(bytes) !== entry.sha256 ? ["other bytes"] : []),
  ...(type !== entry.type ? [`type ${plain(type)}`] : []),
  ...(policy !== expectedPolicy(entry, othersIn(policy)) ? ["another policy"] : []),
];

const lookAt = async (origin: string, entry: ManifestEntry): Promise<Looked> => {
  const wrong: string[] = [];
  const others = new Set<string>();
  for (const coding of CODINGS) {
    const got = await get(`${origin}${entry.path}`, coding);
    wrong.push(...wrongIn(entry, got).map((fault) => `${coding}: ${fault}`));
    for (const one of entry.wasm ? othersIn(got.policy) : []) others.add(one);
  }
  return { wrong, others: [...others] };
};

const rowOf = async (origin: string, entry: ManifestEntry): Promise<Row> => {
  const what = `${entry.app} ${entry.path}`;
  const { wrong, others } = await lookAt(origin, entry);
  const asks = others.length === 0 ? "" : `, may ask at ${plain(others.join(" "))}`;
  return wrong.length === 0
    ? right(what, `${entry.bytes} bytes, ${entry.sha256.slice(0, 16)}${asks}`)
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
