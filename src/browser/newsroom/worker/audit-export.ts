import { AUDIT_KINDS, type AuditHead, parseAuditBody } from "../../../protocol/public/audit.ts";
import type { AuditLink } from "../../../protocol/public/audit-chain.ts";
import { base64url } from "../../../protocol/public/bytes.ts";
import { dayStartMs } from "../../../protocol/public/time.ts";
import { codeOf } from "../../kit/code-error.ts";
import type { World } from "./world.ts";

/** The trail as lines of JSON that a stranger can verify with docs/protocol.md §18.4 alone. */

const dateOf = (day: number): string => new Date(dayStartMs(day)).toISOString().slice(0, 10);

const timeOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

const lineOf = (fields: object): string => `${JSON.stringify(fields)}\n`;

export const exportHead = (world: World, head: AuditHead): string =>
  lineOf({
    format: "sealdrop audit trail 1",
    newsroomId: base64url(world.newsroomId),
    exported: dateOf(world.today),
    lines: head.number,
    head: base64url(head.hash),
    members: Object.fromEntries(
      world.roster.entries.map(({ memberNumber, name }) => [memberNumber, name]),
    ),
  });

/** Said in words for whoever reads the file; what is verified is `body` alone. */
const readable = (bytes: Uint8Array): object => {
  try {
    const { day, minute, kind, actor, subject, values } = parseAuditBody(bytes);
    const names: readonly string[] = AUDIT_KINDS[kind].values;
    return {
      day: dateOf(day),
      time: minute === null ? null : timeOf(minute),
      kind,
      actor,
      subject,
      values: Object.fromEntries(names.map((name, index) => [name, values[index]])),
    };
  } catch (error) {
    if (codeOf(error) !== "bad-structure") throw error;
    return {};
  }
};

export const exportLine = ({ number, body, bodyHash, hash }: AuditLink): string =>
  lineOf({
    number,
    ...(body === null
      ? { bodyHash: base64url(bodyHash) }
      : { ...readable(body), body: base64url(body) }),
    hash: base64url(hash),
  });
