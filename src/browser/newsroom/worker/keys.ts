import { currentMembers, findMember } from "../../../protocol/public/roster.ts";
import { periodOf } from "../../../protocol/public/time.ts";
import { watchKeys } from "./key-watch.ts";
import { topUp } from "./messaging-keys.ts";
import { confirmRoster, newsroomSeed, renew, renewIfDue, signNext } from "./newsroom-key.ts";
import { overviewOf } from "./overview.ts";
import type { Session } from "./session.ts";
import { tell } from "./tell.ts";

/** The keys page: what is published for whom, rotating, the roster's dates. */

export type KeysRow = {
  readonly memberNumber: number;
  readonly name: string;
  readonly me: boolean;
  /** A key for this period is published. */
  readonly reachable: boolean;
};

export type KeysTable = {
  readonly rows: readonly KeysRow[];
  readonly rosterNumber: number;
  readonly validUntilDay: number;
  readonly signs: boolean;
  readonly destroyedPeriods: number;
};

/** What a member must look at before this browser may sign on top of a list it has not held before. */
export type RosterToConfirm = {
  readonly number: number;
  readonly members: readonly { readonly name: string; readonly generation: number }[];
  readonly left: readonly string[];
};

export const keysFunctions = (session: Session) => ({
  overview: () => overviewOf(session),

  keysTable: async (): Promise<KeysTable> => {
    const { world, destroyed } = session.opened();
    const { keys } = await world.api.call("messagingKeys", null);
    const now = periodOf(world.today);
    const rows = currentMembers(world.roster).map((entry) => ({
      memberNumber: entry.memberNumber,
      name: entry.name,
      me: entry.memberNumber === world.memberNumber,
      reachable: keys.some(
        (key) =>
          key.memberNumber === entry.memberNumber &&
          key.generation === entry.generation &&
          key.period === now,
      ),
    }));
    return {
      rows,
      rosterNumber: world.roster.number,
      validUntilDay: world.roster.validUntilDay,
      signs: newsroomSeed(world) !== null,
      destroyedPeriods: destroyed,
    };
  },

  /** Declares the messaging keys of these members void at once; one's own new ones are published in the same breath. */
  rotate: async ({ members }: { readonly members: readonly number[] }): Promise<void> => {
    const { roster } = session.world();
    await signNext(session, {
      entries: roster.entries.map((entry) =>
        entry.state === "current" && members.includes(entry.memberNumber)
          ? { ...entry, generation: entry.generation + 1 }
          : entry,
      ),
    });
    await topUp(session);
    await watchKeys(session);
    tell(session);
  },

  renewRoster: async (): Promise<void> => {
    await renew(session);
    tell(session);
  },

  rosterToConfirm: (): RosterToConfirm => {
    const { roster } = session.world();
    const left = roster.entries.filter(
      (entry) => entry.state !== "current" && findMember(roster, entry.memberNumber) === entry,
    );
    return {
      number: roster.number,
      members: currentMembers(roster).map(({ name, generation }) => ({ name, generation })),
      left: left.map(({ name }) => name),
    };
  },

  /** Afterwards this browser signs again; a renewal that is due follows at once. */
  confirmRoster: async (): Promise<void> => {
    await confirmRoster(session);
    await renewIfDue(session);
    tell(session);
  },
});
