import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MessageShown } from "../../src/browser/newsroom/worker/reading/shapes.ts";
import { deskRooms } from "../../src/browser/newsroom/worker/rooms.ts";
import { openQuickSource, type QuickSource } from "../support/quick-source.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { PASSPHRASE, workerSession } from "../support/worker-client.ts";
import { type Colleague, enrol, foundNewsroom } from "../support/worker-colleagues.ts";
import { deskClock } from "../support/worker-desk.ts";

const WHOLE = { page: 0, filter: "all", find: "", opened: null } as const;
const CONTEXT = { progress: () => undefined, transfer: () => undefined };
const BEN = 2;
const BEN_ANEW = 3;

const wordsOf = (message: MessageShown): readonly string[] => {
  if (message.kind === "refused") return [message.why];
  return message.share ? [] : [`${message.text} (${message.sharedBy?.name ?? "own"})`];
};

/** Ben has neither passphrase nor words. Two sources have written to him and Ann, and one to him alone. */
describe("whoever has lost everything", { timeout: 90_000 }, () => {
  let server: TestServer;
  let ann: Colleague;
  let ben: Colleague;

  beforeAll(async () => {
    server = await startTestServer();
    ann = await foundNewsroom(server);
    ben = await enrol(server, ann, "Ben");
    const source = (): Promise<QuickSource> =>
      openQuickSource(server.source, server.world.now().getTime());
    const known = await source();
    await known.send({ text: "For both" });
    await known.send({ text: "In between, for Ben", to: ["Ben"] });
    await (await source()).send({ text: "For Ben alone", to: ["Ben"] });
    await (await source()).send({ text: "For both, too" });
  }, 120_000);
  afterAll(() => server.stop());

  /** At a browser that was never used, with everything read and every letter taken. */
  const deskOf = async ({ userName, code }: Colleague) => {
    const session = workerSession(server, {}, { cookie: "" });
    const rooms = deskRooms(
      session,
      deskClock(() => false),
    );
    await rooms.logIn({ userName, passphrase: PASSPHRASE, factor: { totpCode: code() } });
    await session.readAll;
    return rooms;
  };

  /** Every text that this member can read, and on whose word. */
  const readBy = async (desk: Awaited<ReturnType<typeof deskOf>>) => {
    const read: string[] = [];
    for (const { mailbox } of desk.inboxPage(WHOLE).rows) {
      const { messages } = await desk.openConversation({ mailbox });
      read.push(...messages.flatMap(wordsOf));
    }
    return read.sort();
  };

  it("is counted for the admin as what nobody can open afterwards, before they are retired", async () => {
    expect(await readBy(await deskOf(ben))).toHaveLength(4);
    const facts = await (await deskOf(ann)).retireFacts({ memberNumber: BEN });
    expect(facts).toMatchObject({ report: null, unreadable: 2, stored: 4, allRead: true });
  });

  it("is invited anew as a new member, and reads nothing of before", async () => {
    await ann.people.retire({ memberNumber: BEN, stolen: false });
    ben = await enrol(server, ann, "Ben");
    const desk = await deskOf(ben);
    expect(desk.inboxPage(WHOLE)).toMatchObject({ rows: [], state: { looked: 4, mine: 0 } });
  });

  it("reads what a colleague shares, and nothing that nobody else could read", async () => {
    const anns = await deskOf(ann);
    const choices = await anns.shareAllChoices();
    expect(choices).toMatchObject({ conversations: 2 });
    expect(choices.colleagues).toEqual([{ memberNumber: BEN_ANEW, name: "Ben", state: "can" }]);
    const tally = await anns.share(
      { mailboxes: null, to: [BEN_ANEW], leaveBehind: false },
      CONTEXT,
    );
    expect(tally).toMatchObject({ shared: 2, "left-out": 0 });
    const desk = await deskOf(ben);
    expect(await readBy(desk)).toEqual(["For both (Ann)", "For both, too (Ann)"]);
    // Four of the sources and the two shares: the two for him alone stay closed, to Ann as well.
    expect(desk.inboxPage(WHOLE).state).toMatchObject({ looked: 6, mine: 4 });
    expect(await readBy(await deskOf(ann))).toEqual(["For both (own)", "For both, too (own)"]);
  });
});
