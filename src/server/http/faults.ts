import type { ErrorRequestHandler, Request } from "express";
import { ERRORS, type ErrorCode, SealdropError } from "../../protocol/public/errors.ts";
import type { AppName, Log } from "../logs.ts";
import { sendError } from "./answers.ts";

/** Whatever was thrown becomes one code of the table; only what nobody expected is logged. */

const AWAY = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "57P01",
  "57P02",
  "57P03",
  "53300",
  // Prisma: not reachable, not there, closed, no connection or transaction free in time, too many.
  "P1001",
  "P1002",
  "P1003",
  "P1008",
  "P1017",
  "P2024",
  "P2028",
  // Gave way to another transaction, again and again.
  "P2034",
  "40P01",
  "P2037",
  "DatabaseNotReachable",
  "DatabaseDoesNotExist",
  "ConnectionClosed",
  "SocketTimeout",
  "TooManyConnections",
]);
const FULL = new Set(["53100", "ENOSPC"]);
/** What a row was to belong to has gone since it was looked up: somebody has just left. */
const GONE = new Set(["P2003", "23503"]);

type Layer = {
  readonly cause?: unknown;
  readonly meta?: { readonly driverAdapterError?: unknown };
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly kind?: unknown;
};

/** An error and what lies under it, wherever pg and Prisma's adapter put that. */
const chain = (error: unknown): readonly Layer[] => {
  const found: Layer[] = [];
  let current = error;
  while (typeof current === "object" && current !== null && found.length < 5) {
    const layer: Layer = current;
    found.push(layer);
    current = layer.cause ?? layer.meta?.driverAdapterError;
  }
  return found;
};

const systemCodes = (error: unknown): readonly string[] =>
  chain(error)
    .flatMap(({ code, originalCode, kind }) => [code, originalCode, kind])
    .filter((code) => typeof code === "string");

const isAway = (error: unknown): boolean =>
  systemCodes(error).some((code) => AWAY.has(code)) ||
  chain(error).some(
    (one) =>
      one instanceof Error && /^(timeout exceeded when|Connection terminated)/.test(one.message),
  );

/** Express and its parser throw errors that carry the status they mean. */
const isClientFault = (error: unknown): boolean =>
  typeof error === "object" &&
  error !== null &&
  "status" in error &&
  typeof error.status === "number" &&
  error.status < 500;

export const codeOf = (error: unknown): ErrorCode => {
  if (error instanceof SealdropError)
    return ERRORS[error.code][0] === 0 ? "bad-request" : error.code;
  if (systemCodes(error).some((code) => FULL.has(code))) return "no-room";
  if (systemCodes(error).some((code) => GONE.has(code))) return "not-found";
  if (isAway(error)) return "database-away";
  return isClientFault(error) ? "bad-request" : "internal";
};

/** Method and pattern of the route that took the request; what was really asked for is nobody's business. */
export const routeOf = (request: Request): string => {
  const pattern: unknown = request.route?.path;
  return typeof pattern === "string" ? `${request.method} ${pattern}` : "other";
};

/** Above this, what is still on its way is not waited for: the connection ends after the answer. */
const DRAIN_LIMIT_BYTES = 2_097_152;

const endsConnection = (request: Request): boolean =>
  !request.complete &&
  !(Number(request.headers["content-length"] ?? Number.NaN) <= DRAIN_LIMIT_BYTES);

export const createErrorHandler =
  (app: AppName, log: Log): ErrorRequestHandler =>
  // Express tells an error handler by its four parameters.
  // biome-ignore lint/complexity/useMaxParams: see above
  (error: unknown, request, response, _next) => {
    const code = codeOf(error);
    if (code === "internal") log.fault(`${app} ${routeOf(request)}`, error);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (endsConnection(request)) response.setHeader("Connection", "close");
    sendError(response, code);
  };
