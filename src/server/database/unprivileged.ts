import { execFileSync } from "node:child_process";
import { ConfigError } from "../config.ts";

export type Owner = { readonly uid: number; readonly gid: number };

const NAME = "postgres";

const idOf = (flag: "-u" | "-g"): number =>
  Number(
    execFileSync("id", [flag, NAME], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
  );

const lookUp = (): Owner | null => {
  try {
    return { uid: idOf("-u"), gid: idOf("-g") };
  } catch {
    return null;
  }
};

const create = (): Owner | null => {
  try {
    execFileSync("useradd", ["--system", "--user-group", "--no-create-home", NAME], {
      stdio: "ignore",
    });
  } catch {
    return null;
  }
  return lookUp();
};

/** PostgreSQL refuses to run as root: root runs it as the system's own database user. Null for everybody else. */
export const databaseOwner = (): Owner | null => {
  if (process.getuid?.() !== 0) return null;
  const owner = lookUp() ?? create();
  if (owner === null) {
    throw new ConfigError(
      "DATABASE_URL must be set, or the server started by another user than root.",
    );
  }
  return owner;
};
