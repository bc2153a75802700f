import { promisify } from "node:util";

const sleep = promisify(setTimeout);

/** Two that wait for each other's rows: PostgreSQL ends one of them, which begins again here when the other is done. */
const TRIES = 6;
const PAUSE_MILLISECONDS = 20;

/** As Prisma tells it, in its own statements and in raw ones. */
const gaveWay = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  (error.code === "P2034" || (error.code === "P2010" && error.message.includes("40P01")));

/** `work` is a transaction or one statement: whole or not at all. */
export const afterGivingWay = async <Value>(work: () => Promise<Value>): Promise<Value> => {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      if (tried === TRIES || !gaveWay(error)) throw error;
      await sleep(PAUSE_MILLISECONDS * tried);
    }
  }
};
