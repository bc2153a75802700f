import { fileURLToPath } from "node:url";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { type Listener, openListener } from "./http/listener.ts";
import { createLog, type Log } from "./logs.ts";
import { createSecretJob } from "./secret-job.ts";
import { createServer } from "./server.ts";
import { announceSetup } from "./setup-link.ts";
import { startWorld } from "./start.ts";
import { readSite } from "./static/files.ts";
import { startTimetable } from "./timetable.ts";

const SITE_FOLDER = fileURLToPath(new URL("../site", import.meta.url));

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const fail = (error: unknown): never => {
  const known = error instanceof ConfigError;
  if (!known) createLog("error").fault("start", error);
  const text = known ? error.message : "The server could not start.";
  process.stderr.write(`sealdrop: ${text}\n`);
  process.exit(1);
};

type PortSetting = "SOURCE_PORT" | "NEWSROOM_PORT";

const open = async (config: Config, setting: PortSetting): Promise<Listener> => {
  const source = setting === "SOURCE_PORT";
  const port = source ? config.sourcePort : config.newsroomPort;
  try {
    return await openListener({ app: source ? "source" : "newsroom", host: config.host, port });
  } catch {
    throw new ConfigError(`${setting} must be a free port on HOST; ${port} cannot be used.`);
  }
};

/** A signal asks once; the second one does not wait. */
const signalled = (): Promise<void> =>
  new Promise((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) {
      process.once(name, () => {
        process.once(name, () => process.exit(1));
        resolve();
      });
    }
  });

const run = async (config: Config, log: Log): Promise<void> => {
  const stopAsked = signalled();
  const { world, close } = await startWorld(config, log);
  try {
    const listeners = [await open(config, "SOURCE_PORT"), await open(config, "NEWSROOM_PORT")];
    const [source, newsroom] = listeners;
    const server = createServer(world, readSite(SITE_FOLDER));
    await server.prepare();
    source?.answer(server.source);
    newsroom?.answer(server.newsroom);
    const token = await server.setupTokens.issue();
    const announced = announceSetup(config, token, process.stdout.isTTY);
    const ready = `sealdrop ready source=${config.sourceOrigins[0]} newsroom=${config.newsroomOrigins[0]}`;
    // One write: whoever waits for the first line has the second.
    say([ready, ...(announced === null ? [] : [announced])].join("\n"));
    const secretJob = createSecretJob(config, server.secretChange, say);
    const timetable = startTimetable([secretJob, ...server.jobs], log);
    await stopAsked;
    log.event({ event: "stopping" });
    await Promise.all([timetable.stop(), ...listeners.map((listener) => listener.stop())]);
  } finally {
    await close();
  }
};

try {
  const config = readConfig();
  await run(config, createLog(config.logLevel));
  process.exit(0);
} catch (error) {
  fail(error);
}
