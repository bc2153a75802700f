import type { Me } from "../../../protocol/public/staff-api.ts";
import { dayOf } from "../../../protocol/public/time.ts";
import { openWorld } from "./open-world.ts";
import { readOwn } from "./own-keys.ts";
import type { Session } from "./session.ts";
import { type OpenedBy, openVault } from "./vault.ts";
import type { Member, Newsroom } from "./world.ts";

/** Where a person stands after the vault has opened. */
export type Standing =
  | { readonly at: "desk"; readonly me: Me }
  /** Enrolled, and not yet approved by an admin. */
  | { readonly at: "waiting"; readonly me: Me };

const CLOCK_TOLERANCE_DAYS = 1;

/** A server cannot move the date by more than a day: beyond that this browser's own clock counts. */
export const todayOf = (me: Me, now: number): Pick<Member, "today" | "clockAgrees"> => {
  const here = dayOf(now);
  const clockAgrees = Math.abs(here - me.today) <= CLOCK_TOLERANCE_DAYS;
  return { today: clockAgrees ? me.today : here, clockAgrees };
};

export type Entry = {
  readonly newsroom: Newsroom;
  readonly me: Me;
  readonly by: OpenedBy;
};

/** Opens the vault, and the desk when the account is a member's. */
export const enter = async (session: Session, { newsroom, me, by }: Entry): Promise<Standing> => {
  const crypto = await session.crypto();
  const { api } = session;
  const records = await openVault({ crypto, api }, by);
  const { newsroomId, newsroomKey } = newsroom;
  const own = readOwn(crypto, records);
  const day = todayOf(me, session.now());
  const member: Member = { newsroomId, newsroomKey, crypto, api, me, own, records, ...day };
  session.hold(member);
  if (me.memberNumber === null) return { at: "waiting", me };
  await openWorld(session, member);
  return { at: "desk", me };
};
