import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../config.ts";
import { createSecrets } from "./secrets.ts";

/**
 * The secret of an embedded installation: read from the data folder, or made there once with mode 600.
 * Throws ConfigError when the file holds something else.
 */
export const secretOfDataDir = (dataDir: string): string => {
  const path = join(dataDir, "secret");
  try {
    const file = openSync(path, "wx", 0o600);
    writeSync(file, `${Buffer.from(createSecrets("").random(32)).toString("hex")}\n`);
    fsyncSync(file);
    closeSync(file);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const text = readFileSync(path, "utf8").trim();
  if (text.length < 32) {
    throw new ConfigError(
      "The file `secret` in the data folder is damaged; restore it from a backup.",
    );
  }
  return text;
};
