import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { base64url } from "../protocol/public/bytes.ts";
import type { Config } from "./config.ts";

const FILE = "setup-link";

/**
 * What the operator is told until the newsroom is set up. A terminal shows the link itself; anything else (a journal, a
 * container's log) keeps what it is given, so there the link lies in a file that only the server's user can read.
 */
export const announceSetup = (
  config: Config,
  token: Uint8Array | null,
  terminal: boolean,
): string | null => {
  const path = join(config.dataDir, FILE);
  rmSync(path, { force: true });
  if (token === null) return null;
  const link = `${config.newsroomOrigins[0]}/#setup=${base64url(token)}`;
  if (terminal) return `set up your newsroom: ${link}`;
  writeFileSync(path, `${link}\n`, { mode: 0o600, flag: "wx" });
  return `set-up link in ${path}`;
};
