import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { refresh } from "../../src/browser/newsroom/worker/open-world.ts";
import { rewrapAfterReading } from "../../src/browser/newsroom/worker/rewrapping.ts";
import { rightsFunctions } from "../../src/browser/newsroom/worker/rights.ts";
import { rotatingFunctions } from "../../src/browser/newsroom/worker/rotating.ts";
import { linesOf } from "../support/audit.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { createClient } from "../support/staff.ts";
import { logInAt, type WorkerClient, workerClient } from "../support/worker-client.ts";
import { type Colleague, enrol, foundNewsroom } from "../support/worker-colleagues.ts";
import {
  foundNewsroom as foundDesks,
  openWorkerDesk,
  tipTo,
  type WorkerDesk,
} from "../support/worker-desk.ts";

/** Keys, as the audit trail tells of them to Ann, an admin. Bob is number 2; both work through their own browsers' functions. */
let server: TestServer;

describe("lasting keys", { timeout: 90_000 }, () => {
  let anns: WorkerDesk;
  let bobs: WorkerDesk;
  beforeAll(async () => {
    server = await startTestServer();
    const { ann, bob } = await foundDesks(server);
    anns = await openWorkerDesk(server, ann);
    await anns.client.keys.confirmRoster();
    bobs = await openWorkerDesk(server, bob);
  }, 120_000);
  afterAll(() => server.stop());

  const lines = (deed: () => Promise<unknown>) => {
    const { newsroomId } = anns.client.session.world();
    return linesOf({ client: createClient(server, anns.client.cookie), newsroomId }, deed);
  };
  const ask = (stolen: boolean) => bobs.lasting.renewLastingKeys({ stolen });
  const approve = async () => {
    const [row] = await anns.changes.keyChanges();
    await anns.changes.approveKeyChange({ memberNumber: 2, words: row?.words ?? [] });
  };
  const finish = async () => {
    await refresh(bobs.client.session);
    await bobs.library().lookNow();
    await rewrapAfterReading(bobs.client.session);
    await vi.waitFor(
      () => expect(bobs.client.session.opened().renewal).toMatchObject({ finished: true }),
      { timeout: 60_000, interval: 20 },
    );
  };

  it("are asked for once, and taken back by whom they are for or refused by an admin", async () => {
    expect(await lines(() => ask(false))).toEqual(["member-keys-asked 2 "]);
    expect(await lines(() => ask(false))).toEqual([]);
    expect(await lines(() => bobs.lasting.dropKeyChange())).toEqual(["member-keys-withdrawn 2 2"]);
    await ask(false);
    const refuse = () => anns.changes.refuseKeyChange({ memberNumber: 2 });
    expect(await lines(refuse)).toEqual(["member-keys-withdrawn 1 2"]);
    expect(await lines(refuse)).toEqual([]);
  });

  it("are signed in the place of the old, and then the archive moves and its old key is destroyed", async () => {
    await tipTo(server, [1, 2], "Sealed to the keys before");
    await bobs.library().lookNow();
    await ask(false);
    expect(await lines(approve)).toEqual(["member-keys-rotated 1 2", "roster-signed 1  3"]);
    expect(await lines(finish)).toEqual([
      "archive-rotated 2 ",
      "keys-published 2  14",
      "archive-destroyed 2 ",
    ]);
  });

  it("that may be in other hands are one line, however many there were before them", async () => {
    await ask(true);
    expect(await lines(approve)).toEqual(["member-keys-stolen 1 2", "roster-signed 1  4"]);
    await finish();
  });

  it("of somebody retired as stolen are one line, too", async () => {
    await ask(false);
    await approve();
    const retire = () => anns.people.retire({ memberNumber: 2, stolen: true });
    expect(await lines(retire)).toEqual(["member-stolen 1 2", "roster-signed 1  6"]);
  });
});

describe("a line is written", { timeout: 90_000 }, () => {
  let ann: Colleague;
  let bob: Colleague;
  beforeAll(async () => {
    server = await startTestServer();
    ann = await foundNewsroom(server);
    bob = await enrol(server, ann, "Bob");
  }, 120_000);
  afterAll(() => server.stop());

  const lines = (deed: () => Promise<unknown>) => {
    const { newsroomId } = ann.client.session.world();
    return linesOf({ client: createClient(server, ann.client.cookie), newsroomId }, deed);
  };

  it("for a new secret of the server, with how many values it seals", async () => {
    const before = { secret: server.config.secret, secretNext: null };
    const after = { secret: "n".repeat(40), secretPrevious: before.secret, secretNext: null };
    await ann.client.log.lookAtLog();
    await server.startAnew(after);
    const change = () => server.secretChange.run();
    // Two apps and the log's key.
    expect(await lines(change)).toEqual(["server-secret-changed   3"]);
    expect(await lines(change)).toEqual([]);
    await server.startAnew({ ...before, secretPrevious: after.secret });
    await change();
  });

  it("for a new newsroom key, by the former one or by words alone", async () => {
    const rotating = rotatingFunctions(ann.client.session);
    const rotate = async (words: string, stolen: boolean) => {
      const next = await rotating.startRotation({ words, stolen });
      const added = await lines(() => rotating.finishRotation());
      return { next: next.join(" "), added };
    };
    const first = await rotate(ann.newsroomWords, false);
    expect(first.added).toEqual(["newsroom-key-rotated 1  1", "roster-signed 1  3"]);
    const second = await rotate(first.next, true);
    expect(second.added).toEqual(["newsroom-key-stolen 1  2", "roster-signed 1  4"]);
  });

  it("for keys of a period that is over, destroyed by their owner", async () => {
    server.moveDays(9);
    /** In a new browser; settled when its desk has destroyed what is no longer needed. */
    const comeBack = (who: Colleague) =>
      new Promise<WorkerClient>((resolve, reject) => {
        const after = (path: string) => {
          if (path === "/api/messaging-keys/destroyed") resolve(client);
        };
        const client = workerClient(server, { after });
        logInAt(client, who).catch(reject);
      });
    ann = { ...ann, client: await comeBack(ann) };
    expect(await lines(() => comeBack(bob))).toEqual([
      "logged-in 2 ",
      "keys-published 2  1",
      "keys-destroyed 2  1",
    ]);
  });

  it("for an admin's rights, given and taken", async () => {
    const rights = rightsFunctions(ann.client.session);
    const who = { memberNumber: 2 };
    expect(await lines(() => rights.makeAdmin(who))).toEqual(["rights-given 1 2"]);
    expect(await lines(() => rights.makeAdmin(who))).toEqual([]);
    expect(await lines(() => rights.takeRights(who))).toEqual(["rights-taken 1 2"]);
  });
});
