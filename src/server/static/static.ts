import type { RequestHandler, Response } from "express";
import type { AppName } from "../logs.ts";
import type { Site, SiteFile } from "./files.ts";

type Coding = "br" | "gzip";

/** Codings the browser takes; q=0 refuses one. Its order says nothing: br is smaller wherever it is offered. */
const accepted = (header: string | undefined): ReadonlySet<string> =>
  new Set(
    (header ?? "")
      .toLowerCase()
      .split(",")
      .map((part) => part.split(";").map((piece) => piece.trim()))
      .filter(([, weight]) => weight === undefined || !/^q=0(\.0*)?$/.test(weight))
      .map(([coding]) => coding ?? ""),
  );

const choose = (
  file: SiteFile,
  header: string | undefined,
): { readonly bytes: Buffer; readonly coding: Coding | null } => {
  const codings = accepted(header);
  if (file.br !== null && codings.has("br")) return { bytes: file.br, coding: "br" };
  if (file.gzip !== null && codings.has("gzip")) return { bytes: file.gzip, coding: "gzip" };
  return { bytes: file.plain, coding: null };
};

export type StaticApp = { readonly name: AppName; readonly wasmPolicy: string };

const describe = (response: Response, app: StaticApp, file: SiteFile): void => {
  response.setHeader("Content-Type", file.type);
  response.setHeader("Vary", "Accept-Encoding");
  if (file.wasm) response.setHeader("Content-Security-Policy", app.wasmPolicy);
  // The source's origin leaves nothing in a cache, not even hashed names.
  if (app.name === "newsroom" && file.hashed) {
    response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
  }
};

/** Serves the app's built files; everything else goes on to the next handler. */
export const createStatic =
  (app: StaticApp, site: Site): RequestHandler =>
  (request, response, next) => {
    const file = site[app.name].get(request.path);
    if (file === undefined || (request.method !== "GET" && request.method !== "HEAD")) {
      next();
      return;
    }
    const { bytes, coding } = choose(file, request.headers["accept-encoding"]);
    describe(response, app, file);
    if (coding !== null) response.setHeader("Content-Encoding", coding);
    response.setHeader("Content-Length", bytes.length);
    response.status(200).end(request.method === "HEAD" ? undefined : bytes);
  };
