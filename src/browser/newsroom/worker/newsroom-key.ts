import { equal } from "../../../protocol/public/bytes.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import {
  encodeRoster,
  type Roster,
  type RosterEntry,
  rosterHash,
} from "../../../protocol/public/roster.ts";
import { checkFollows } from "../../../protocol/public/roster-chain.ts";
import { checkMembers } from "../../../protocol/public/roster-rules.ts";
import { encodeSettings, type Settings, settingsHash } from "../../../protocol/public/settings.ts";
import type { NewsroomSeed } from "../../../protocol/secret/crypto.ts";
import { signRoster } from "../../../protocol/secret/sign.ts";
import { CodeError, codeOf } from "../../kit/code-error.ts";
import { type PinWorld, pin, readTrust } from "./pin.ts";
import type { Opened, Session } from "./session.ts";
import type { Member } from "./world.ts";

/** The newsroom key signs the next roster, and nothing else here. docs/protocol.md §5; its own end: `rotating.ts`. */

export const NEWSROOM_RECORD = "newsroom";

/** Null for members who do not hold the newsroom key. Some hold it who may sign no more. */
export const newsroomSeed = ({ crypto, records, newsroomKey }: Member): NewsroomSeed | null => {
  const seed = records.get(NEWSROOM_RECORD) as NewsroomSeed | null;
  if (seed === null || !equal(crypto.ed25519PublicKey(seed), newsroomKey)) return null;
  return seed;
};

export type RosterChange = {
  readonly entries: readonly RosterEntry[];
  readonly settings?: Settings;
  readonly approveInvite?: Uint8Array;
};

/** Current entries keep their order and get positions without gaps; all others have none. */
export const placed = (entries: readonly RosterEntry[]): readonly RosterEntry[] => {
  const order = entries
    .filter((entry) => entry.state === "current")
    .sort((a, b) => (a.position || Number.MAX_VALUE) - (b.position || Number.MAX_VALUE));
  return entries.map((entry) => ({ ...entry, position: order.indexOf(entry) + 1 }));
};

export const nextRoster = (session: Session, change: RosterChange): Roster => {
  const { crypto, newsroomId, today, roster, settings } = session.world();
  const used = change.settings ?? settings;
  const next: Roster = {
    newsroomId,
    number: roster.number + 1,
    previousHash: roster.hash,
    issuedDay: today,
    validUntilDay: today + used.rosterDays,
    settingsHash: settingsHash(crypto, encodeSettings(used)),
    entries: placed(change.entries),
  };
  checkMembers(next.entries);
  checkFollows(roster, next);
  return next;
};

export const pinWorldOf = ({ store, world }: Session): PinWorld => ({ member: world(), store });

/** How the list shown stands to what this member and this browser hold by now. */
export const lookAtPins = async (session: Session): Promise<void> => {
  const opened = session.opened();
  opened.trust = await readTrust(pinWorldOf(session), opened.chain);
};

/** From now on this browser holds the list shown; what another tab holds that is newer must be shown too. */
const holdShown = async (session: Session): Promise<void> => {
  const opened = session.opened();
  await pin(pinWorldOf(session), opened.chain);
  await lookAtPins(session);
  if (opened.trust !== "held") await opened.world.refreshRoster();
};

/**
 * Also after a refusal or a broken line: whichever roster is the newest now, everything goes on from it. Only what was signed
 * here is held without a question; a colleague's that came in between is not.
 */
export const takeSigned = async (session: Session, signed: Uint8Array): Promise<void> => {
  const opened = session.opened();
  const { chain } = opened;
  await chain.fetchNewer(false);
  const newest = chain.newest().roster;
  if (equal(newest.hash, signed)) {
    opened.signedHere.add(newest.number);
    if (opened.followed === newest.number - 1) opened.followed = newest.number;
    await holdShown(session);
    session.lookAgain?.();
  } else await lookAtPins(session);
};

/** Throws roster-contradicted, or roster-unconfirmed while this browser cannot know that the newest one shown is the newest. */
export const checkTrust = ({ trust }: Pick<Opened, "trust">): void => {
  if (trust === "contradicted") throw new CodeError("roster-contradicted");
  if (trust === "unknown") throw new CodeError("roster-unconfirmed");
};

/**
 * Signs and posts the roster that follows the newest one. Throws roster-unconfirmed while this browser cannot know that the
 * newest one shown is the newest there is, forbidden without the newsroom key, roster-changed when a colleague was faster.
 */
export const signNext = async (session: Session, change: RosterChange): Promise<void> => {
  const opened = session.opened();
  const { world } = opened;
  const seed = newsroomSeed(world);
  if (seed === null) throw new SealdropError("forbidden");
  checkTrust(opened);
  const next = nextRoster(session, change);
  // Another tab may have signed the very same list: posted again it would be taken for that one, and void nothing more.
  await world.refreshRoster();
  // Not by the answer: the desk's own look may have brought the newer list while this one waited.
  if (!equal(world.roster.hash, next.previousHash)) throw new SealdropError("roster-changed");
  // That other tab may hold what the server does not show to this one.
  await lookAtPins(session);
  checkTrust(opened);
  const post = {
    statement: signRoster(world.crypto, next, seed),
    settings: encodeSettings(change.settings ?? world.settings),
    ...(change.approveInvite === undefined ? {} : { approveInvite: change.approveInvite }),
  };
  try {
    await world.api.call("postRoster", post);
  } finally {
    await takeSigned(session, rosterHash(world.crypto, encodeRoster(next)));
  }
};

/** A third of its time is left, or less. */
export const isRenewalDue = (roster: Roster, today: number): boolean =>
  (roster.validUntilDay - today) * 3 <= roster.validUntilDay - roster.issuedDay;

/** The same list with new dates. */
export const renew = (session: Session): Promise<void> =>
  signNext(session, { entries: session.world().roster.entries });

/** A colleague who was faster is as good; whoever may sign no more leaves it to an admin. */
export const renewIfDue = async (session: Session): Promise<void> => {
  const { roster, today } = session.world();
  if (!isRenewalDue(roster, today)) return;
  try {
    await renew(session);
  } catch (error) {
    if (codeOf(error) !== "roster-changed" && codeOf(error) !== "forbidden") throw error;
  }
};

/** The member has looked at the list shown and says that it is right: from now on this browser holds it. */
export const confirmRoster = async (session: Session): Promise<void> => {
  const opened = session.opened();
  if (opened.trust === "contradicted") throw new CodeError("roster-contradicted");
  await holdShown(session);
};
