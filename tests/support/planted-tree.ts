import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** One thing a checker said about one file; `rule` is TS6307 or lint/style/noRestrictedImports, `plugin` for lint/*.grit. */
export type Finding = { readonly file: string; readonly rule: string; readonly text: string };

export type Tree = {
  readonly plant: (file: string, text: string) => void;
  readonly compile: () => Promise<readonly Finding[]>;
  readonly lint: () => Promise<readonly Finding[]>;
  readonly remove: () => void;
  readonly folder: string;
};

const projects = [
  "protocol/public",
  "protocol/secret",
  "server",
  "browser/kit",
  "browser/source",
  "browser/newsroom",
  "browser/streamer",
  "site",
  "cli",
];

const outputOf = (folder: string, tool: string, args: readonly string[]): Promise<string> =>
  new Promise((done) => {
    const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
    execFile(join(root, "node_modules/.bin", tool), args, options, (_failure, out, err) =>
      done(out + err),
    );
  });

const findings = (text: string, line: RegExp): readonly Finding[] =>
  [...text.matchAll(line)].map(({ groups }) => ({
    file: groups?.["file"] ?? "",
    rule: groups?.["rule"] ?? "",
    text: groups?.["text"] ?? "",
  }));

/** A copy of src/ with the same walls around it, in which anything may be planted. */
export const copyTree = (): Tree => {
  const folder = mkdtempSync(join(tmpdir(), "sealdrop-walls-"));
  for (const part of ["src", "lint", "biome.json", "package.json", "tsconfig.base.json"])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const references = projects.map((path) => ({ path: `src/${path}` }));
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ files: [], references }));
  return {
    folder,
    plant: (file, text) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    },
    compile: async () =>
      findings(
        await outputOf(folder, "tsc", ["-b", "--pretty", "false"]),
        /^(?<file>[^\s(][^(\n]*)\(\d+,\d+\): error (?<rule>TS\d+): (?<text>.*)$/gm,
      ),
    lint: async () =>
      findings(
        await outputOf(folder, "biome", ["lint", "--reporter=github", "--max-diagnostics=none"]),
        /^::(?:error|warning) title=(?<rule>[^,]*),file=(?<file>[^,]*),[^:]*::(?<text>.*)$/gm,
      ).map((found) => ({ ...found, file: relative(folder, resolve(folder, found.file)) })),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
