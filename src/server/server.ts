import type { Express } from "express";
import { createApp } from "./http/app.ts";
import { createHealthRoute } from "./http/health.ts";
import type { World } from "./http/world.ts";
import type { SetupTokens } from "./setup/setup-token.ts";
import { createStaffSide } from "./staff-side.ts";
import type { Site } from "./static/files.ts";
import { createStatic } from "./static/static.ts";

export type Server = {
  readonly source: Express;
  readonly newsroom: Express;
  readonly setupTokens: SetupTokens;
  /** Drops sessions, invites and delays that have run out. For a timetable. */
  tidy(): Promise<void>;
};

/** Both apps over one world: the only place where rooms meet. */
export const createServer = (world: World, site: Site): Server => {
  const { config, log } = world;
  const health = createHealthRoute(world.pool);
  const staff = createStaffSide(world);
  return {
    source: createApp({
      name: "source",
      origins: config.sourceOrigins,
      log,
      routers: [createStatic("source", site), health, staff.bundleRoute],
    }),
    newsroom: createApp({
      name: "newsroom",
      origins: config.newsroomOrigins,
      log,
      routers: [createStatic("newsroom", site), health, staff.bundleRoute, ...staff.routers],
    }),
    setupTokens: staff.setupTokens,
    tidy: staff.tidy,
  };
};
