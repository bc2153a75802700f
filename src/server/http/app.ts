import express, { type Express, type RequestHandler, type Router } from "express";
import type { AppName, Log } from "../logs.ts";
import { sendError } from "./answers.ts";
import { createErrorHandler, routeOf } from "./faults.ts";
import { headersOf, originHeaders } from "./headers.ts";

export type AppParts = {
  readonly name: AppName;
  /** The app answers only to the hosts of these. */
  readonly origins: readonly string[];
  readonly log: Log;
  readonly routers: readonly (Router | RequestHandler)[];
};

const logging = (name: AppName, log: Log): RequestHandler => {
  return (request, response, next) => {
    response.on("finish", () => {
      const code: unknown = response.locals["code"];
      log.request({
        app: name,
        route: routeOf(request),
        status: response.statusCode,
        code: typeof code === "string" ? code : null,
      });
    });
    next();
  };
};

const headers = (name: AppName): RequestHandler => {
  const list = headersOf(name);
  return (_request, response, next) => {
    // The server's clock to the second would tell onion and clearnet address to be one machine.
    response.sendDate = false;
    for (const [key, value] of list) response.setHeader(key, value);
    next();
  };
};

/** Also against DNS rebinding: a page under another name cannot talk to this listener. */
const ownHostsOnly = (origins: readonly string[]): RequestHandler => {
  const known = new Map(
    origins.map((origin) => [
      new URL(origin).host,
      { origin, list: originHeaders(origin, origins) },
    ]),
  );
  return (request, response, next) => {
    const found = known.get((request.headers.host ?? "").toLowerCase());
    if (found === undefined) {
      sendError(response, "wrong-host");
      return;
    }
    for (const [key, value] of found.list) response.setHeader(key, value);
    response.locals["origin"] = found.origin;
    next();
  };
};

/** One listener's Express app: headers first, then its own hosts, its routers, and the two ends. */
export const createApp = ({ name, origins, log, routers }: AppParts): Express => {
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.set("query parser", "simple");
  app.set("case sensitive routing", true);
  app.set("strict routing", true);
  app.use(headers(name), logging(name, log), ownHostsOnly(origins));
  for (const router of routers) app.use(router);
  app.use((_request, response) => {
    sendError(response, "not-found");
  });
  app.use(createErrorHandler(name, log));
  return app;
};

/** A router with the app's own strictness about paths. */
export const createRouter = (): Router => express.Router({ caseSensitive: true, strict: true });
