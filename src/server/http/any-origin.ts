import type { RequestHandler } from "express";

/**
 * What members' browsers read from the source's address, to compare it with what they are told at their own: the list,
 * checkpoint and proofs, the same bytes for everybody. Never with credentials, which `*` rules out.
 */
const ANY_ORIGIN_PATHS: readonly string[] = [
  "/api/newsroom",
  "/api/log/key",
  "/api/log/checkpoint",
  "/api/log/consistency",
  "/api/log/inclusion",
  "/api/log/evidence",
];

export const anyOrigin: RequestHandler = (request, response, next) => {
  if (ANY_ORIGIN_PATHS.includes(request.path) && request.method === "GET") {
    response.setHeader("Access-Control-Allow-Origin", "*");
  }
  next();
};
