import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../config.ts";
import { createSecrets } from "./secrets.ts";

/** The secret of an embedded installation, in files of the data folder that only the server's user can read. */
const SECRET = "secret";
const PREVIOUS = "secret-previous";
const UNFINISHED = "secret-unfinished";

const LEAST_LENGTH = 32;

/** Fails when there is such a file. On the disk when it returns. */
const writeNew = (path: string): void => {
  const file = openSync(path, "wx", 0o600);
  writeSync(file, `${Buffer.from(createSecrets("").random(32)).toString("hex")}\n`);
  fsyncSync(file);
  closeSync(file);
};

const syncFolder = (dataDir: string): void => {
  const folder = openSync(dataDir, "r");
  fsyncSync(folder);
  closeSync(folder);
};

/** Throws ConfigError when the file holds something else. */
const readSecret = (dataDir: string, name: string): string => {
  const text = readFileSync(join(dataDir, name), "utf8").trim();
  if (text.length < LEAST_LENGTH) {
    throw new ConfigError(
      `The file \`${name}\` in the data folder is damaged; restore it from a backup.`,
    );
  }
  return text;
};

/** Read from the data folder, or made there once with mode 600. */
export const secretOfDataDir = (dataDir: string): string => {
  try {
    writeNew(join(dataDir, SECRET));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return readSecret(dataDir, SECRET);
};

/** The one before, while something may still stand under it; else null. */
export const previousSecretOfDataDir = (dataDir: string): string | null => {
  if (!existsSync(join(dataDir, PREVIOUS))) return null;
  const previous = readSecret(dataDir, PREVIOUS);
  // A change that was interrupted before the new secret took its place.
  return previous === secretOfDataDir(dataDir) ? null : previous;
};

export const dropPreviousSecret = (dataDir: string): void => {
  rmSync(join(dataDir, PREVIOUS), { force: true });
  syncFolder(dataDir);
};

/**
 * Makes a new secret and keeps the one before beside it. At every moment at least one file holds the secret that is in use:
 * it gets its second name before it loses the first. What was interrupted is finished by the next try.
 * Throws ConfigError while the change before is not over.
 */
export const changeSecretOfDataDir = (dataDir: string): void => {
  if (!existsSync(join(dataDir, SECRET))) {
    throw new ConfigError("There is no secret in the data folder yet; `npm start` makes it.");
  }
  if (previousSecretOfDataDir(dataDir) !== null) {
    throw new ConfigError(
      "The last change of the secret is not over. Start the server and leave it running: it removes `secret-previous` from the data folder when nothing needs it any more.",
    );
  }
  const [secret, previous, unfinished] = [SECRET, PREVIOUS, UNFINISHED].map((name) =>
    join(dataDir, name),
  ) as [string, string, string];
  rmSync(unfinished, { force: true });
  writeNew(unfinished);
  // Whoever runs this: the server's user must be able to read it.
  const { uid, gid } = statSync(secret);
  chownSync(unfinished, uid, gid);
  if (!existsSync(previous)) linkSync(secret, previous);
  syncFolder(dataDir);
  renameSync(unfinished, secret);
  syncFolder(dataDir);
};
