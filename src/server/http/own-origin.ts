import type { RequestHandler } from "express";
import { sendError } from "./answers.ts";

const READS = new Set(["GET", "HEAD"]);

/**
 * Writes come from the listener's own pages only. SameSite cookies do not see ports: a page on another port of this
 * host counts as the same site, but not as the same origin.
 */
export const ownOriginWrites = (origins: readonly string[]): RequestHandler => {
  return (request, response, next) => {
    const { origin, host } = request.headers;
    const own =
      origin !== undefined &&
      origins.includes(origin) &&
      new URL(origin).host === host?.toLowerCase();
    if (own || READS.has(request.method)) next();
    else sendError(response, "bad-origin");
  };
};
