import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Needle, search } from "./canary.ts";
import { dumpTables, searchTables } from "./dump.ts";
import type { Instance } from "./instance.ts";
import type { Exchange } from "./tap.ts";

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);

const inFile = (file: string, needles: readonly Needle[]): readonly string[] => {
  try {
    return search(readFileSync(file), needles).map((name) => `${file}: ${name}`);
  } catch {
    // PostgreSQL may take a file away while we look.
    return [];
  }
};

/** The request as it arrived: line, headers and body. */
const arrived = ({ method, path, rawHeaders, body }: Exchange): Buffer =>
  Buffer.concat([Buffer.from(`${method} ${path}\n${rawHeaders.join("\n")}\n\n`), body]);

export type Places = "requests" | "tables" | "output" | "files";

/**
 * Where a needle was found, place by place: every request to both listeners, every table, all that the server
 * ever said, and every file in its data folder (PostgreSQL's own and its log of changes too).
 */
export const searchEverywhere = async (
  instance: Instance,
  needles: readonly Needle[],
): Promise<Readonly<Record<Places, readonly string[]>>> => {
  const exchanges = [...instance.source.exchanges, ...instance.newsroom.exchanges];
  return {
    requests: exchanges.flatMap((exchange) =>
      search(arrived(exchange), needles).map((name) => `${exchange.path}: ${name}`),
    ),
    tables: searchTables(await instance.withDatabase(dumpTables), needles),
    output: search(Buffer.from(instance.output()), needles),
    files: filesIn(instance.dataDir).flatMap((file) => inFile(file, needles)),
  };
};

export const nowhere = { requests: [], tables: [], output: [], files: [] } as const;
