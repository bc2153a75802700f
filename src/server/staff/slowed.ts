import type { Transaction } from "../database/database.ts";
import type { TryDelay } from "./try-delay.ts";

/** Which members' names were tried wrongly so often that somebody had to wait; of other names only how many there were. */
export type SlowedNames = {
  readonly members: readonly { readonly memberNumber: number; readonly count: number }[];
  readonly unknownNames: number;
};

const DAY_MS = 86_400_000;

export const findSlowed = async (
  tx: Transaction,
  delay: TryDelay,
  fromDay: number,
): Promise<SlowedNames> => {
  const slowed = await delay.slowed(tx, new Date(fromDay * DAY_MS));
  const failures = new Map(slowed.map((row) => [key(row.nameHash), row.failures]));
  const accounts = await tx.account.findMany({
    select: { id: true, userName: true, memberNumber: true },
  });
  const known = new Set<string>();
  const members = accounts.flatMap(({ id, userName, memberNumber }) => {
    const keys = [`login ${userName}`, `confirm ${id}`, `recovery ${userName}`].map((name) =>
      key(delay.hashOf(name)),
    );
    for (const one of keys) known.add(one);
    const count = keys.reduce((sum, one) => sum + (failures.get(one) ?? 0), 0);
    return memberNumber === null || count === 0 ? [] : [{ memberNumber, count }];
  });
  const unknownNames = [...failures.keys()].filter((one) => !known.has(one)).length;
  return { members: members.sort((a, b) => a.memberNumber - b.memberNumber), unknownNames };
};

const key = (nameHash: Uint8Array): string => Buffer.from(nameHash).toString("hex");
