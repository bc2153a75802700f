import type { PublicCrypto } from "../protocol/public/crypto.ts";
import { dayOf } from "../protocol/public/time.ts";
import type { ManifestEntry } from "../site/emit.ts";
import type { Options } from "./arguments.ts";
import { checkFiles } from "./files.ts";
import { checkLog } from "./log.ts";
import type { Row } from "./report.ts";
import { readState, writeState } from "./state.ts";

/** An outside check of one newsroom: list, log and files, by nothing but this checkout and what a stranger is sent. */

export type VerifyWorld = {
  readonly crypto: PublicCrypto;
  /** Milliseconds. */
  now(): number;
  /** Built just now from this checkout. */
  readonly manifest: readonly ManifestEntry[];
};

const NOT_ASKED: Row = {
  what: "newsroom's files",
  verdict: "not checked",
  detail: "--newsroom URL compares them too",
};

/** Throws CheckError when nobody answers. */
export const verify = async (world: VerifyWorld, options: Options): Promise<readonly Row[]> => {
  const { source, newsroom, fingerprint, state } = options;
  const filesOf = (app: ManifestEntry["app"]) => world.manifest.filter((one) => one.app === app);
  const before = readState(state);
  const today = dayOf(world.now());
  const log = await checkLog(world.crypto, { origin: source, fingerprint, before, today });
  const rows = [...log.rows, ...(await checkFiles(source, filesOf("source")))];
  rows.push(...(newsroom === null ? [NOT_ASKED] : await checkFiles(newsroom, filesOf("newsroom"))));
  // A story that contradicts the one kept must not take its place.
  if (log.rows.every(({ verdict }) => verdict !== "DIFFERS")) writeState(state, log.head);
  return rows;
};
