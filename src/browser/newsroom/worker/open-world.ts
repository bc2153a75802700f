import { SealdropError } from "../../../protocol/public/errors.ts";
import { newestEra } from "../../../protocol/public/newsroom-keys.ts";
import { findMember, type Roster, type RosterEntry } from "../../../protocol/public/roster.ts";
import type { MessagingSeed } from "../../../protocol/secret/crypto.ts";
import { CodeError, codeOf } from "../../kit/code-error.ts";
import { followKeys, isOwnIdentity } from "./following-keys.ts";
import { handOutKey } from "./key-holders.ts";
import { watchKeys } from "./key-watch.ts";
import { collectLetters } from "./letters.ts";
import { closedBeforeReading, destroyClosed, topUp } from "./messaging-keys.ts";
import { lookAtPins, newsroomSeed, pinWorldOf, renewIfDue } from "./newsroom-key.ts";
import { findStatic, followOwn } from "./own-keys.ts";
import { pin } from "./pin.ts";
import { rewrapAfterReading } from "./rewrapping.ts";
import { type Chain, fetchChain } from "./roster-chain.ts";
import { settleRotation } from "./rotating.ts";
import type { Opened, Session } from "./session.ts";
import { tell } from "./tell.ts";
import { messagingRecord } from "./vault.ts";
import type { Member, OwnKeys, World } from "./world.ts";

/** From an open vault to a working desk, in the order that the protocol asks for. docs/protocol.md §5.5, §6. */

/**
 * Under the present keys, under those that were to follow and were signed meanwhile, or, until this window has the newest list too, under
 * keys that another window has left behind.
 */
const ownEntry = (member: Member, own: OwnKeys, chain: Chain): RosterEntry => {
  const entry = findMember(chain.newest().roster, member.me.memberNumber ?? 0);
  if (entry === null) throw new SealdropError("forbidden");
  if (isOwnIdentity(member, entry.identity)) return entry;
  if (findStatic(own, entry.static) === null) throw new SealdropError("forbidden");
  return entry;
};

/** The same while list and vault stay as they are: looked at for every message. */
const followEntry = (member: Member, own: () => OwnKeys, chain: Chain): (() => RosterEntry) => {
  type Known = { readonly roster: Roster; readonly version: number; readonly entry: RosterEntry };
  let known: Known | null = null;
  return () => {
    const { roster } = chain.newest();
    const version = member.records.version();
    if (known?.roster !== roster || known.version !== version) {
      known = { roster, version, entry: ownEntry(member, own(), chain) };
    }
    return known.entry;
  };
};

const worldOf = (session: Session, member: Member, chain: Chain): World => {
  const own = followOwn(member.crypto, member.records);
  const entry = followEntry(member, own, chain);
  // A list from before the last change of one's own keys: somebody shows an old one.
  if (!isOwnIdentity(member, entry().identity)) throw new CodeError("roster-contradicted");
  return {
    ...member,
    get own() {
      return own();
    },
    memberNumber: member.me.memberNumber ?? 0,
    get newsroomKey() {
      return newestEra(chain.keys()).key;
    },
    get roster() {
      return chain.newest().roster;
    },
    get settings() {
      return chain.newest().settings;
    },
    get entry() {
      return entry();
    },
    rosterOf: (number, hash) => chain.find(number, hash),
    messagingSeed: (generation, period) =>
      member.records.get(messagingRecord(period, generation)) as MessagingSeed | null,
    refreshRoster: () => refresh(session),
  };
};

/** Members who sign nothing take over the newest roster as soon as it follows what they held. */
const takeOver = async (session: Session): Promise<void> => {
  const opened = session.opened();
  await lookAtPins(session);
  if (opened.trust !== "unknown" || newsroomSeed(opened.world) !== null) return;
  await pin(pinWorldOf(session), opened.chain);
  await lookAtPins(session);
};

/** A newer roster may have voided one's own keys, so it is followed by a top-up. */
export const refresh = async (session: Session): Promise<boolean> => {
  const opened = session.opened();
  await opened.chain.fetchNewer(true);
  const { number } = opened.world.roster;
  // Also one that is here already, where the line broke before everything had followed it.
  if (opened.followed === number) return false;
  // Signed in another tab of this browser, it is pinned there already.
  await opened.world.records.reload();
  await followKeys(session);
  await takeOver(session);
  await settleRotation(session);
  // Another tab may hold a list that was not there yet a moment ago.
  if (opened.trust === "contradicted" && (await opened.chain.fetchNewer(true))) {
    return refresh(session);
  }
  await topUp(session);
  opened.followed = number;
  tell(session);
  void rewrapAfterReading(session);
  return true;
};

/** Only what this member and this browser hold: a list that is shown first is to be looked at. */
const renewHeld = async (session: Session): Promise<void> => {
  const { world, trust } = session.opened();
  if (trust !== "held" || !world.clockAgrees || newsroomSeed(world) === null) return;
  await renewIfDue(session);
};

const destroyAfterReading = async (
  session: Session,
  closed: ReadonlySet<number>,
): Promise<void> => {
  try {
    await session.readAll;
    // Again: some letters could be kept only now that everything is read.
    await destroyClosed(session, closed, await collectLetters(session));
    tell(session);
  } catch {
    // Not read to the end, or the line is gone: the keys stay until the next unlock.
  }
};

const POLL_MS = 60_000;

const poll = async (session: Session): Promise<void> => {
  try {
    await refresh(session);
    if (await watchKeys(session)) tell(session);
    await collectLetters(session);
    await handOutKey(session);
    void rewrapAfterReading(session);
  } catch (error) {
    if (codeOf(error) === "session-locked" || codeOf(error) === "not-logged-in") {
      session.emit({ kind: "locked" });
    }
  }
};

/** Opens the desk for a member; `hold` has taken the account before. */
export const openWorld = async (session: Session, member: Member): Promise<void> => {
  const { crypto, api } = member;
  const chain = await fetchChain({ crypto, api, newsroom: member });
  const world = worldOf(session, member, chain);
  const opened: Opened = {
    world,
    chain,
    trust: "unknown",
    followed: chain.newest().roster.number,
    foreignKey: false,
    toppedUp: null,
    colleagues: null,
    auditAltered: false,
    runningOut: [],
    handoverAskedDay: null,
    recoveryAsked: 0,
    destroyed: 0,
    signedHere: new Set(),
    renewal: null,
    rewrapping: null,
  };
  session.prepare(opened);
  await followKeys(session);
  await takeOver(session);
  await settleRotation(session);
  await renewHeld(session);
  await topUp(session);
  await watchKeys(session);
  await collectLetters(session);
  await handOutKey(session);
  const closed = await closedBeforeReading(session);
  session.start();
  tell(session);
  void destroyAfterReading(session, closed);
  void rewrapAfterReading(session);
  session.repeat(POLL_MS, () => void poll(session));
};
