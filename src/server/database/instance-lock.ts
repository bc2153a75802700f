import { linkSync, renameSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { ConfigError } from "../config.ts";

/**
 * One server to a data folder. The lock is a socket that answers: it cannot be left behind by a killed process, and no
 * process number is trusted. A new socket is linked to its name in one step, which fails when the name is taken.
 */
export type InstanceLock = { release(): Promise<void> };

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

const listen = (path: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", reject);
    server.listen(path, () => resolve(server));
  });

const tryLink = (from: string, to: string): boolean => {
  try {
    linkSync(from, to);
    return true;
  } catch {
    return false;
  }
};

/** Moves a silent socket out of the way; one that turns out to answer is put back. */
const clearStale = async (path: string, aside: string): Promise<void> => {
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (await answers(aside)) tryLink(aside, path);
  rmSync(aside, { force: true });
};

/** Throws ConfigError when another server runs on this folder. */
export const lockDataDir = async (dataDir: string): Promise<InstanceLock> => {
  const path = join(dataDir, "lock");
  const own = join(dataDir, `lock.${process.pid}`);
  rmSync(own, { force: true });
  const server = await listen(own);
  const take = async (): Promise<boolean> => {
    if (tryLink(own, path)) return true;
    if (await answers(path)) return false;
    await clearStale(path, `${own}.old`);
    return tryLink(own, path);
  };
  const taken = await take();
  rmSync(own, { force: true });
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  if (!taken) {
    await close();
    throw new ConfigError("SEALDROP_DATA_DIR must be a folder that no other Sealdrop is using.");
  }
  return {
    release: async () => {
      rmSync(path, { force: true });
      await close();
    },
  };
};
