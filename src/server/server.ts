import type { Express } from "express";
import { wasmPolicy } from "../protocol/public/page-policy.ts";
import { createAnchor } from "./audit/anchor.ts";
import { createDayLines } from "./audit/day-lines.ts";
import { createAuditRoutes } from "./audit/routes.ts";
import { createTrail } from "./audit/trail.ts";
import { createRoomLeft } from "./database/room-left.ts";
import { anyOrigin } from "./http/any-origin.ts";
import { createApp } from "./http/app.ts";
import { createHealthRoute } from "./http/health.ts";
import { createLeaveRoute } from "./http/leave.ts";
import type { World } from "./http/world.ts";
import type { AppName } from "./logs.ts";
import { createMailboxRoutes } from "./mailboxes/routes.ts";
import { createManyRoutes } from "./messages/many-routes.ts";
import { createMemberMessageRoutes, createSourceMessageRoutes } from "./messages/routes.ts";
import { createRetention } from "./retention/job.ts";
import type { SecretChange } from "./secret-change/secret-change.ts";
import type { SetupTokens } from "./setup/setup-token.ts";
import { createStaffSide } from "./staff-side.ts";
import type { Site } from "./static/files.ts";
import { createStatic } from "./static/static.ts";
import type { Job } from "./timetable.ts";
import { createDownloadRoutes, createUploadRoutes } from "./uploads/routes.ts";

export type Server = {
  readonly source: Express;
  readonly newsroom: Express;
  readonly setupTokens: SetupTokens;
  readonly secretChange: SecretChange;
  /** To be awaited before the listeners answer. */
  prepare(): Promise<void>;
  readonly jobs: readonly Job[];
};

/** Both apps over one world: the only place where rooms meet. */
export const createServer = (world: World, site: Site): Server => {
  const { config, log } = world;
  const staticApp = (name: AppName) => ({
    name,
    wasmPolicy: wasmPolicy(name, config.sourceOrigins),
  });
  const health = createHealthRoute(world.pool);
  const trail = createTrail(world);
  const staff = createStaffSide({ ...world, audit: trail });
  const { guards } = staff;
  // With the embedded database both share a disk; elsewhere its room is its operator's to watch.
  const diskFolder = config.databaseUrl === null ? config.dataDir : null;
  const room = createRoomLeft({ ...world, diskFolder });
  return {
    source: createApp({
      name: "source",
      origins: config.sourceOrigins,
      log,
      routers: [
        createStatic(staticApp("source"), site),
        health,
        anyOrigin,
        ...staff.publicRoutes,
        createMailboxRoutes(world),
        createUploadRoutes(world, room),
        createSourceMessageRoutes(world, room),
        createLeaveRoute(),
      ],
    }),
    newsroom: createApp({
      name: "newsroom",
      origins: config.newsroomOrigins,
      log,
      routers: [
        createStatic(staticApp("newsroom"), site),
        health,
        ...staff.publicRoutes,
        ...staff.routers,
        createMemberMessageRoutes(world, room, guards),
        createManyRoutes(world, room, guards),
        createDownloadRoutes(world, guards),
        createAuditRoutes(world, guards),
      ],
    }),
    setupTokens: staff.setupTokens,
    secretChange: staff.secretChange,
    prepare: staff.prepare,
    jobs: [
      { name: "retention", run: createRetention(world).run },
      // Before what it speaks of is tidied away.
      { name: "audit", run: createDayLines({ ...world, trail, ...staff }).run },
      { name: "audit anchor", run: createAnchor({ ...world, ...staff }).run },
      { name: "tidying", run: staff.tidy },
    ],
  };
};
