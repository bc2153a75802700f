import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../support/server.ts";
import { type Colleague, enrol, foundNewsroom } from "../support/worker-colleagues.ts";
import { tipTo } from "../support/worker-desk.ts";

/** What is kept for a member, and what of it is left once they are retired. Each test goes on from the one before. */
let server: TestServer;
let ann: Colleague;
beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server);
  await enrol(server, ann, "Bob");
  await enrol(server, ann, "Cem");
  const { db } = server.world;
  const keyId = Buffer.alloc(16, 7);
  for (const memberNumber of [1, 2, 3]) {
    // As in the middle of a renewal: wraps still stand under the key before.
    await db.archiveKey.deleteMany({ where: { memberNumber } });
    await db.archiveKey.create({ data: { memberNumber, turn: 1, keyId } });
    await db.formerArchiveKey.create({ data: { memberNumber, turn: 0, keyId } });
  }
  await tipTo(server, [1, 2, 3], "For all three");
  await tipTo(server, [2, 3], "For two");
}, 120_000);
afterAll(() => server.stop());

const rowsOf = async (memberNumber: number) => {
  const { db } = server.world;
  const where = { memberNumber };
  return {
    slots: await db.slot.count({ where }),
    archiveKeys: await db.archiveKey.count({ where }),
    formerArchiveKeys: await db.formerArchiveKey.count({ where }),
    messagingKeys: (await db.messagingKey.count({ where })) > 0,
    accounts: await db.account.count({ where }),
  };
};

const KEPT = { slots: 2, archiveKeys: 1, formerArchiveKeys: 1, messagingKeys: true, accounts: 1 };
const GONE = { slots: 0, archiveKeys: 0, formerArchiveKeys: 0, messagingKeys: false, accounts: 0 };

it("for each member two slots, both kinds of archive keys and a vault are kept", async () => {
  expect([await rowsOf(1), await rowsOf(2), await rowsOf(3)]).toEqual([KEPT, KEPT, KEPT]);
});

it.each([
  { name: "Bob", memberNumber: 2, stolen: false, others: { 1: KEPT, 3: KEPT } },
  { name: "Cem", memberNumber: 3, stolen: true, others: { 1: KEPT } },
])(
  "of $name, retired (stolen: $stolen), nothing is left, and of the others everything",
  async (who) => {
    const { db } = server.world;
    const { memberNumber, stolen, others } = who;
    const { id } = await db.account.findUniqueOrThrow({ where: { memberNumber } });
    const ofVault = () => db.vaultRecord.count({ where: { accountId: id } });
    const ofOthers = () => db.vaultRecord.count({ where: { accountId: { not: id } } });
    expect(await ofVault()).toBeGreaterThan(2);
    const before = await ofOthers();

    await ann.people.retire({ memberNumber, stolen });

    expect(await rowsOf(memberNumber)).toEqual(GONE);
    expect(await ofVault()).toBe(0);
    for (const [other, kept] of Object.entries(others)) {
      expect(await rowsOf(Number(other))).toEqual(kept);
    }
    // The admin's own browser may note what it has signed.
    expect(await ofOthers()).toBeGreaterThanOrEqual(before);
  },
);
