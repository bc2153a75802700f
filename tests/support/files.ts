import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export type Folder = {
  /** Writes a file of so many bytes that nobody can guess and that stay the same; answers its path. */
  readonly make: (name: string, length: number) => string;
  readonly remove: () => void;
};

export const makeFolder = (): Folder => {
  const folder = mkdtempSync(join(tmpdir(), "sealdrop-files-"));
  return {
    make: (name, length) => {
      const path = join(folder, name);
      const block = createHash("sha512").update(name).digest();
      const bytes = Buffer.alloc(length);
      for (let at = 0; at < length; at += block.length) {
        bytes.set(block.subarray(0, length - at), at);
        bytes[at] = at & 0xff;
        bytes[Math.min(at + 1, length - 1)] = at >> 16;
      }
      writeFileSync(path, bytes);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

const waitMs = 30_000;

/** Waits until a file of at least so many bytes has been saved; answers its path. */
export const savedFile = async (downloads: string, name: string, length = 1): Promise<string> => {
  const saved = join(downloads, name);
  const end = Date.now() + waitMs;
  while (!existsSync(saved) || readFileSync(saved).length < length) {
    if (Date.now() > end) throw new Error(`${name} is not among ${readdirSync(downloads)}`);
    await sleep(100);
  }
  return saved;
};

/** Waits until a saved file has arrived whole, and says whether it is the one that was sent. */
export const isSavedAs = async (path: string, downloads: string, name: string) => {
  const sent = readFileSync(path);
  const saved = await savedFile(downloads, name, sent.length);
  return readFileSync(saved).equals(sent);
};
