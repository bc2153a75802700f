import { openBundle, parseBundle } from "../../../../protocol/public/bundle.ts";
import { equal } from "../../../../protocol/public/bytes.ts";
import { recipientsOn } from "../../../../protocol/public/messaging-key.ts";
import { eraNamed } from "../../../../protocol/public/newsroom-keys.ts";
import type { MessagingSeed } from "../../../../protocol/secret/crypto.ts";
import { codeOf } from "../../../kit/code-error.ts";
import { messagingRecord } from "../vault.ts";
import type { World } from "../world.ts";
import type { Now } from "./colleagues.ts";
import type { Finding } from "./finding.ts";
import { isBeginning, readTold, type Told } from "./follow.ts";

/**
 * The same list and checkpoint as a stranger gets them: asked at the source's address, without credentials, so that a server
 * cannot tell a member's question from a source's. docs/protocol.md §16.6.
 */
export type AskOutside = (url: string) => Promise<Uint8Array>;

export type SourceSide = {
  /** False when no address of sources could be reached from here. */
  readonly compared: boolean;
  readonly findings: readonly Finding[];
};

const originsOf = ({ settings, me }: World): readonly string[] => [
  ...new Set([...settings.sourceOrigins, me.sourceOrigin]),
];

/** The first address that answers; a refusal is an answer. Null when none does. */
const askFirst = async (world: World, ask: AskOutside): Promise<Uint8Array | null> => {
  for (const origin of originsOf(world)) {
    try {
      return await ask(`${origin}/api/log/evidence`);
    } catch (error) {
      if (codeOf(error) !== "offline" && codeOf(error) !== "stopped") return new Uint8Array(0);
    }
  }
  return null;
};

/** The newsroom's key may have been rotated while this was asked; the list then tells whether both are as far. */
const isSameNewsroom = (world: World, { evidence }: Told): boolean => {
  const keys = openBundle(world.crypto, parseBundle(evidence.bundle));
  return equal(keys.newsroomId, world.newsroomId) && eraNamed(keys, world.newsroomKey) >= 0;
};

/** The list sources see is the newest; one signed while this was asked is fetched first. */
const isSameList = async (world: World, { evidence }: Told): Promise<boolean> => {
  const { roster } = openBundle(world.crypto, parseBundle(evidence.bundle));
  if (roster.number > world.roster.number) await world.refreshRoster();
  return equal(roster.hash, world.roster.hash);
};

const isMyKey = (world: World, { evidence }: Told): boolean => {
  const { crypto, roster, today, memberNumber, records } = world;
  const { messagingKeys } = parseBundle(evidence.bundle);
  const { period, recipients } = recipientsOn(crypto, messagingKeys, { roster, today });
  const shown = recipients.find(({ entry }) => entry.memberNumber === memberNumber);
  if (shown === undefined || shown.messaging === null) return true;
  const seed = records.get(messagingRecord(period, shown.entry.generation));
  return seed !== null && equal(crypto.kemPublicKey(seed as MessagingSeed), shown.messaging);
};

const check = async (world: World, bytes: Uint8Array, now: Now): Promise<readonly Finding[]> => {
  const told = readTold(world, bytes);
  if (!isSameNewsroom(world, told)) return [{ kind: "source-list" }];
  const findings: Finding[] = [];
  if (!(await isSameList(world, told))) findings.push({ kind: "source-list" });
  // Asked after the own address: its log is at least as long. What came in between must follow from it.
  const older = told.head.size < now.head.size;
  if (older || !(await isContinued(world, told, now))) findings.push({ kind: "source-log" });
  if (!isMyKey(world, told)) findings.push({ kind: "source-key" });
  return findings;
};

/** Nothing was read beyond one's own head, so a proof has to say it. */
const isContinued = (world: World, told: Told, { head, followed }: Now): Promise<boolean> =>
  isBeginning(world, head, {
    head: told.head,
    followed: { peaks: followed.peaks, rootAt: () => null },
  });

export const compareSourceSide = async (
  world: World,
  ask: AskOutside,
  now: Now,
): Promise<SourceSide> => {
  const bytes = await askFirst(world, ask);
  if (bytes === null) return { compared: false, findings: [] };
  try {
    return { compared: true, findings: await check(world, bytes, now) };
  } catch (error) {
    const code = codeOf(error);
    if (code === "offline" || code === "session-locked" || code === "not-logged-in") throw error;
    // Bytes that are no evidence, or prove nothing: a source would be told the same.
    return { compared: true, findings: [{ kind: "source-list" }] };
  }
};
