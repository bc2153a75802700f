import type { Express } from "express";
import { createApp } from "./http/app.ts";
import { createHealthRoute } from "./http/health.ts";
import type { World } from "./http/world.ts";
import type { Site } from "./static/files.ts";
import { createStatic } from "./static/static.ts";

export type Server = {
  readonly source: Express;
  readonly newsroom: Express;
};

/** Both apps over one world: the only place where rooms meet. */
export const createServer = (world: World, site: Site): Server => {
  const { config, log } = world;
  const health = createHealthRoute(world.pool);
  return {
    source: createApp({
      name: "source",
      origins: config.sourceOrigins,
      log,
      routers: [createStatic("source", site), health],
    }),
    newsroom: createApp({
      name: "newsroom",
      origins: config.newsroomOrigins,
      log,
      routers: [createStatic("newsroom", site), health],
    }),
  };
};
