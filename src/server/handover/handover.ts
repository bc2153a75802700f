import { SealdropError } from "../../protocol/public/errors.ts";
import type { Handover } from "../../protocol/public/handover-api.ts";
import type { Audit } from "../http/audit.ts";
import type { Member } from "../http/guards.ts";
import { dayOf, type World } from "../http/world.ts";

/**
 * Who was asked to hand over, and since when. What only they can read the server does not know: their own browser finds it out and
 * writes to the admins.
 */
export type Handovers = {
  state(member: Member): Promise<Handover>;
  /** Asked again, the first day stays. Throws not-found for nobody's number. */
  ask(by: Member, memberNumber: number): Promise<void>;
  /** Not asked, or nobody's number: nothing. Throws forbidden for somebody else's, but for admins. */
  end(by: Member, memberNumber: number): Promise<void>;
};

type HandoverWorld = Pick<World, "db" | "now"> & { readonly audit: Audit };

export const createHandovers = ({ db, now, audit }: HandoverWorld): Handovers => ({
  state: async ({ memberNumber, role }) => {
    const rows = await db.account.findMany({
      where: { memberNumber: { not: null }, handoverAskedDay: { not: null } },
      select: { memberNumber: true, handoverAskedDay: true },
      orderBy: { memberNumber: "asc" },
    });
    const asked = rows.map((row) => ({
      memberNumber: row.memberNumber ?? 0,
      day: row.handoverAskedDay ?? 0,
    }));
    const own = asked.find((one) => one.memberNumber === memberNumber);
    return { askedDay: own?.day ?? null, asked: role === "admin" ? asked : [] };
  },
  ask: async (by, memberNumber) => {
    await db.$transaction(async (tx) => {
      const where = { memberNumber, handoverAskedDay: null };
      const handoverAskedDay = dayOf(now());
      const { count } = await tx.account.updateMany({ where, data: { handoverAskedDay } });
      const there = count > 0 || (await tx.account.count({ where: { memberNumber } })) > 0;
      if (!there) throw new SealdropError("not-found");
      if (count === 0) return;
      const actor = by.memberNumber;
      await audit.append(tx, { kind: "handover-asked", actor, subject: memberNumber });
    });
  },
  end: async (by, memberNumber) => {
    if (by.role !== "admin" && by.memberNumber !== memberNumber) {
      throw new SealdropError("forbidden");
    }
    await db.$transaction(async (tx) => {
      const where = { memberNumber, handoverAskedDay: { not: null } };
      const { count } = await tx.account.updateMany({ where, data: { handoverAskedDay: null } });
      if (count === 0) return;
      const actor = by.memberNumber;
      await audit.append(tx, { kind: "handover-ended", actor, subject: memberNumber });
    });
  },
});
