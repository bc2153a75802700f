import type { Api } from "../../src/browser/newsroom/worker/api.ts";
import {
  type AuditReport,
  type AuditWitness,
  checkTrail,
} from "../../src/browser/newsroom/worker/audit-chain.ts";
import type { World } from "../../src/browser/newsroom/worker/world.ts";
import { type AuditBody, NO_LINES, parseAuditBody } from "../../src/protocol/public/audit.ts";
import type { AuditLink } from "../../src/protocol/public/audit-chain.ts";
import type { NewsroomId } from "../../src/protocol/public/crypto.ts";
import { createAnchor } from "../../src/server/audit/anchor.ts";
import { createDayLines } from "../../src/server/audit/day-lines.ts";
import { createTrail } from "../../src/server/audit/trail.ts";
import { createStaffSide } from "../../src/server/staff-side.ts";
import { sodium } from "../vectors/backends.ts";
import type { TestServer } from "./server.ts";
import type { Client } from "./staff.ts";

/** The audit trail as a member's browser reads and recomputes it. */

export type Reader = { readonly client: Client; readonly newsroomId: NewsroomId };

const worldOf = ({ client, newsroomId }: Reader): World => {
  const api: Pick<Api, "bytes"> = { bytes: async (path) => (await client.get(path)).bytes };
  return { api, crypto: sodium, newsroomId } as unknown as World;
};

export const recompute = async (
  reader: Reader,
  witnesses: readonly AuditWitness[] = [],
): Promise<AuditReport & { readonly links: readonly AuditLink[] }> => {
  const links: AuditLink[] = [];
  const report = await checkTrail(worldOf(reader), {
    from: NO_LINES,
    witnesses,
    background: false,
    take: (link) => links.push(link),
  });
  return { ...report, links };
};

export const bodiesOf = (links: readonly AuditLink[]): readonly (AuditBody | null)[] =>
  links.map(({ body }) => (body === null ? null : parseAuditBody(body)));

/** Each line as kind, actor, subject and values; *hidden* without a body. */
export const said = async (reader: Reader): Promise<readonly string[]> =>
  bodiesOf((await recompute(reader)).links).map((body) =>
    body === null ? "hidden" : [body.kind, body.actor, body.subject, ...body.values].join(" "),
  );

/** What a deed has added to the trail. */
export const linesOf = async (
  reader: Reader,
  deed: () => Promise<unknown>,
): Promise<readonly string[]> => {
  const before = await said(reader);
  await deed();
  return (await said(reader)).slice(before.length);
};

/** What the timetable does each hour. */
export const runAnchor = async (server: TestServer): Promise<void> => {
  const { appendLeaves } = createStaffSide({ ...server.world, audit: createTrail(server.world) });
  await createAnchor({ ...server.world, appendLeaves }).run();
};

export const runDayLines = async (server: TestServer): Promise<void> => {
  const trail = createTrail(server.world);
  const { findSlowed } = createStaffSide({ ...server.world, audit: trail });
  await createDayLines({ ...server.world, trail, findSlowed }).run();
};
