import type { AuditEvent } from "../../protocol/public/audit.ts";
import type { Transaction } from "../database/database.ts";
import { type DayCounts, takeDayCounts } from "../database/day-counts.ts";
import { dayOf, type World } from "../http/world.ts";
import { takeDay } from "./once-a-day.ts";
import type { Trail } from "./trail.ts";

/**
 * What is said of a day as a whole, after its end and on a timetable: counts about sources, and tries that were made to wait.
 * Nothing a source does starts it, so neither a line's place nor the time of its writing tells anything of a tip.
 */
export type SlowedTries = {
  /** Names are known by member number only; of names that nobody has there is only how many. */
  readonly members: readonly { readonly memberNumber: number; readonly count: number }[];
  readonly unknownNames: number;
};

export type FindSlowed = (tx: Transaction, fromDay: number) => Promise<SlowedTries>;

const eventsOf = ({ count }: DayCounts): readonly AuditEvent[] => {
  const messages = {
    received: count("received"),
    written: count("written"),
    deletedBySources: count("deleted-by-sources"),
    deletedByNewsroom: count("deleted-by-newsroom"),
  };
  const retention = { messages: count("expired-messages"), uploads: count("expired-uploads") };
  const any = (counts: Readonly<Record<string, number>>): boolean =>
    Object.values(counts).some((one) => one > 0);
  return [
    ...(any(messages) ? [{ kind: "messages-of-day", actor: null, values: messages } as const] : []),
    ...(any(retention)
      ? [{ kind: "retention-of-day", actor: null, values: retention } as const]
      : []),
  ];
};

const slowedEvents = ({ members, unknownNames }: SlowedTries): readonly AuditEvent[] => [
  ...members.map(
    ({ memberNumber, count }): AuditEvent => ({
      kind: "tries-slowed",
      actor: null,
      subject: memberNumber,
      values: { count },
    }),
  ),
  ...(unknownNames === 0
    ? []
    : [{ kind: "unknown-names-slowed", actor: null, values: { count: unknownNames } } as const]),
];

type DayWorld = Pick<World, "db" | "now"> & {
  readonly trail: Trail;
  readonly findSlowed: FindSlowed;
};

export const createDayLines = ({ db, now, trail, findSlowed }: DayWorld) => ({
  run: async (): Promise<void> => {
    const today = dayOf(now());
    const yesterday = today - 1;
    if ((await db.newsroomStatement.count()) === 0) return;
    await db.$transaction(async (tx) => {
      // The day before the first has nobody's tries.
      const next = (await takeDay(tx, "lines", yesterday)) === "next";
      // A replica whose clock is behind may have counted for a day that has its lines already: it gets another one.
      const days = await takeDayCounts(tx, today);
      const slowed = next ? slowedEvents(await findSlowed(tx, yesterday)) : [];
      for (const counts of days) await trail.appendOfDay(tx, counts.day, eventsOf(counts));
      await trail.appendOfDay(tx, yesterday, slowed);
    });
  },
});
