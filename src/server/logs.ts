import { pino } from "pino";
import type { LogLevel } from "./config.ts";

/**
 * Logs by allow-list: these fields and no others, no free text, no input, and no time on any line about a request
 * (a supervisor that stamps lines would otherwise date a source's visit between two of ours).
 */
export type AppName = "source" | "newsroom";

export type RequestLine = {
  readonly app: AppName;
  /** Method and route pattern, never the path that was asked for. */
  readonly route: string;
  readonly status: number;
  readonly code: string | null;
};

/** Things that happen to the service itself; each name is a constant of the code. */
export type EventLine = {
  readonly event: string;
  readonly count?: number;
  readonly port?: number;
};

export type Log = {
  /** A source's request is a line only at the level debug; a fault (5xx) always is. */
  request(line: RequestLine): void;
  event(line: EventLine): void;
  /** An error nobody expected: its kind and its frames; the message may hold input and stays out. */
  fault(where: string, error: unknown): void;
};

export type LogSink = { write(line: string): void };

const kindOf = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return /^[A-Z0-9_]{1,40}$/.test(code) ? `${error.name} ${code}` : error.name;
};

const framesOf = (error: unknown): readonly string[] => {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  return stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((l) => l.trim());
};

export const createLog = (level: LogLevel, sink?: LogSink): Log => {
  const options = { level, base: null, timestamp: false };
  const logger = sink === undefined ? pino(options) : pino(options, sink);
  return {
    request: ({ app, route, status, code }) => {
      const line = code === null ? { app, route, status } : { app, route, status, code };
      if (status >= 500) logger.error(line);
      else if (app === "source") logger.debug(line);
      else logger.info(line);
    },
    event: ({ event, count, port }) => {
      logger.info({
        event,
        ...(count !== undefined && { count }),
        ...(port !== undefined && { port }),
      });
    },
    fault: (where, error) => {
      logger.error({ where, kind: kindOf(error), frames: framesOf(error) });
    },
  };
};
