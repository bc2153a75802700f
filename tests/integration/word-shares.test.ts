import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeOf } from "../../src/browser/kit/code-error.ts";
import { heldShares } from "../../src/browser/newsroom/worker/word-shares/holding.ts";
import { hex } from "../../src/protocol/public/bytes.ts";
import { encodeWordShare } from "../../src/protocol/secret/word-share.ts";
import { dumpTables } from "../support/dump.ts";
import { lose, spoil } from "../support/held-shares.ts";
import { lockWaits } from "../support/lock-waits.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { type Colleague, enrol, foundNewsroom, withNothing } from "../support/worker-colleagues.ts";

/** Four members with real vaults. Ann splits, the others hold; each test goes on from the one before. */
let server: TestServer;
let ann: Colleague;
let bob: Colleague;
let cem: Colleague;
let dee: Colleague;
const none = { progress: () => undefined, transfer: () => undefined };

beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server);
  bob = await enrol(server, ann, "Bob");
  cem = await enrol(server, ann, "Cem");
  dee = await enrol(server, ann, "Dee");
}, 120_000);
afterAll(() => server.stop());

const holders = [2, 3, 4];
const plan = (words: "recovery" | "newsroom", typed: string) =>
  ({ words, typed, needed: 2, holders }) as const;

const everybodyTakes = async (): Promise<void> => {
  for (const one of [bob, cem, dee, ann]) await one.takeLetters();
};

const statesOf = async (words: "recovery" | "newsroom") => {
  const page = await ann.recovery.recoveryPage();
  const set = page.sets.find((one) => one.words === words);
  return set?.holders.map(({ name, state }) => `${name} ${state}`);
};

const refused = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    (error: unknown) => codeOf(error),
  );

describe("shares of recovery words", () => {
  it("are made of the words that count now, and of no others", async () => {
    const { makeShares } = ann.recovery;
    expect(await refused(makeShares(plan("recovery", bob.words), none))).toBe("wrong-words");
    expect(await refused(makeShares(plan("recovery", ann.newsroomWords), none))).toBe(
      "wrong-words",
    );
    expect(await refused(makeShares(plan("newsroom", ann.words), none))).toBe("wrong-words");
    const mistyped = ann.words.replace(/ \w+$/, " zebra zoo");
    expect(await refused(makeShares(plan("recovery", mistyped), none))).toBe("codename-length");
    expect(await statesOf("recovery")).toBeUndefined();
  });

  it("lie in the holders' vaults; the server knows who holds one, and not a byte of it", async () => {
    await ann.recovery.makeShares(plan("recovery", ann.words), none);
    expect(await statesOf("recovery")).toEqual(["Bob sent", "Cem sent", "Dee sent"]);
    await everybodyTakes();
    expect(await statesOf("recovery")).toEqual(["Bob kept", "Cem kept", "Dee kept"]);
    const shares = [bob, cem, dee].flatMap((one) => heldShares(one.world()));
    expect(shares.map(({ owner, needed, count }) => [owner, needed, count])).toEqual(
      Array(3).fill([1, 2, 3]),
    );
    const client = await server.pool.connect();
    const dump = Buffer.concat((await dumpTables(client)).map(({ text }) => Buffer.from(text)));
    client.release();
    const text = dump.toString("latin1");
    expect(shares.filter(({ setId }) => text.includes(hex(setId)))).toHaveLength(3);
    expect(shares.filter((share) => text.includes(hex(share.piece.subarray(0, 16))))).toEqual([]);
    expect(shares.filter((share) => text.includes(hex(encodeWordShare(share))))).toEqual([]);
  });

  it("prove themselves in a rehearsal that shows nothing of them", async () => {
    expect(await ann.recovery.rehearse({ words: "recovery" })).toEqual([]);
    await everybodyTakes();
    expect(await statesOf("recovery")).toEqual(["Bob right", "Cem right", "Dee right"]);
    expect(
      ann
        .world()
        .records.ids()
        .some((id) => id.startsWith("share-held")),
    ).toBe(false);
  });

  it("that are lost or other ones do not pass it", async () => {
    const mends = [await spoil(cem, "recovery"), await lose(bob, "recovery")];
    await ann.recovery.rehearse({ words: "recovery" });
    await everybodyTakes();
    expect(await statesOf("recovery")).toEqual(["Bob wrong", "Cem wrong", "Dee right"]);
    for (const mend of mends) await mend();
  });

  it("of a new set take the place of the old, which is thrown away", async () => {
    const before = heldShares(bob.world()).map(({ setId }) => hex(setId));
    await ann.recovery.makeShares({ ...plan("recovery", ann.words), holders: [2, 3] }, none);
    await everybodyTakes();
    const after = heldShares(bob.world()).map(({ setId }) => hex(setId));
    expect([before.length, after.length, heldShares(dee.world()).length]).toEqual([1, 1, 0]);
    expect(after).not.toEqual(before);
    await ann.recovery.makeShares(plan("recovery", ann.words), none);
    await everybodyTakes();
    expect(heldShares(dee.world())).toHaveLength(1);
  });
});

describe("somebody who has lost everything", () => {
  it("gets the words back from enough colleagues who compared eight words, and gets in by them", async () => {
    const { client, lost } = withNothing(server);
    const heard = await lost.askColleagues({ userName: "ann" });
    expect(await lost.lookForShares()).toMatchObject({ names: [], words: null });
    const given = async (helper: Colleague) => {
      const [request] = await helper.recovery.recoveryRequests();
      expect(request).toMatchObject({ name: "Ann", userName: "ann", words: heard });
      await helper.recovery.giveShare({ id: request?.id ?? new Uint8Array(), words: heard });
      return lost.lookForShares();
    };
    expect(await given(bob)).toEqual({ names: ["Bob"], needed: 2, words: null });
    const enough = await given(dee);
    expect(enough.names).toEqual(["Bob", "Dee"]);
    expect(enough.words?.join(" ")).toBe(ann.words);
    const words = enough.words?.join(" ") ?? "";
    const factor = { totpCode: ann.code() };
    const standing = await client.account.recover({ userName: "ann", words, factor });
    expect(standing.at).toBe("desk");
  });

  it("and a stranger who asks in the same name has other words, and gets nothing", async () => {
    const { lost } = withNothing(server);
    const words = await lost.askColleagues({ userName: "ann" });
    const requests = await cem.recovery.recoveryRequests();
    const [first] = requests.filter((one) => one.words.join() !== words.join());
    expect(requests).toHaveLength(2);
    const given = cem.recovery.giveShare({ id: first?.id ?? new Uint8Array(), words });
    expect(await refused(given)).toBe("words-changed");
    expect(await lost.lookForShares()).toMatchObject({ names: [] });
  });

  it("and whoever begins again withdraws what was asked for before, but nothing of others", async () => {
    const open = async (): Promise<number> =>
      (await server.pool.query("SELECT 1 FROM recovery_request")).rows.length;
    const before = await open();
    const { client, lost } = withNothing(server);
    await lost.withdrawRequest();
    await lost.askColleagues({ userName: "ann" });
    const stranger = { token: new Uint8Array(32) };
    await client.session.api.call("withdrawRecovery", stranger);
    expect(await open()).toBe(before + 1);
    await lost.withdrawRequest();
    expect(await open()).toBe(before);
    expect(await refused(lost.lookForShares())).toBe("not-found");
  });

  it("and who gives while it is withdrawn is told that it is gone", async () => {
    server.moveSeconds(61);
    const { lost } = withNothing(server);
    const words = await lost.askColleagues({ userName: "ann" });
    const requests = await cem.recovery.recoveryRequests();
    const mine = requests.find((one) => one.words.join() === words.join());
    const id = mine?.id ?? new Uint8Array();
    const database = await server.pool.connect();
    try {
      await database.query("BEGIN");
      await database.query("DELETE FROM recovery_request WHERE id = $1", [Buffer.from(id)]);
      const given = refused(cem.recovery.giveShare({ id, words }));
      await lockWaits(server.pool);
      await database.query("COMMIT");
      expect(await given).toBe("not-found");
    } finally {
      database.release();
    }
    // This name has been asked for often by now.
    server.moveSeconds(61);
  });

  it("is answered alike whether the name exists, has shares, or not", async () => {
    for (const userName of ["nobody", "bob"]) {
      const { lost } = withNothing(server);
      expect(await lost.askColleagues({ userName })).toHaveLength(8);
      expect(await lost.lookForShares()).toMatchObject({ names: [] });
    }
    const { rows } = await server.pool.query("SELECT 1 FROM recovery_request");
    expect(rows).toHaveLength(2);
  });

  it("is still answered when the server's secret has changed meanwhile", async () => {
    const { lost } = withNothing(server);
    const heard = await lost.askColleagues({ userName: "ann" });
    const secretPrevious = server.config.secret;
    const secret = "n".repeat(40);
    await server.startAnew({ secret, secretPrevious, secretNext: null });
    const requests = await bob.recovery.recoveryRequests();
    const mine = requests.find(({ words }) => words.join() === heard.join());
    await bob.recovery.giveShare({ id: mine?.id ?? new Uint8Array(), words: heard });
    const { names } = await lost.lookForShares();
    await server.startAnew({ secret: secretPrevious, secretPrevious: secret, secretNext: null });
    expect(names).toEqual(["Bob"]);
  });

  it("asks at most a few times before having to wait, and in at most five requests", async () => {
    const outcomes: string[] = [];
    for (let i = 0; i < 6; i++) {
      outcomes.push(await refused(withNothing(server).lost.askColleagues({ userName: "ann" })));
    }
    expect(outcomes).toContain("wait");
    for (let i = 0; i < 6; i++) {
      server.moveSeconds(61);
      await withNothing(server).lost.askColleagues({ userName: "ann" });
    }
    const { rows } = await server.pool.query("SELECT 1 FROM recovery_request");
    expect(rows).toHaveLength(5);
  });
});

describe("newsroom words", () => {
  it("are rehearsed apart from recovery words, and what is lost or another one does not pass", async () => {
    await ann.recovery.makeShares(plan("newsroom", ann.newsroomWords), none);
    await everybodyTakes();
    const ofRecovery = await statesOf("recovery");
    const rehearsed = async () => {
      expect(await ann.recovery.rehearse({ words: "newsroom" })).toEqual([]);
      await everybodyTakes();
      return statesOf("newsroom");
    };
    const mends = [await spoil(bob, "newsroom"), await lose(dee, "newsroom")];
    expect(await rehearsed()).toEqual(["Bob wrong", "Cem right", "Dee wrong"]);
    for (const mend of mends) await mend();
    expect(await rehearsed()).toEqual(["Bob right", "Cem right", "Dee right"]);
    expect(await statesOf("recovery")).toEqual(ofRecovery);
    expect(heldShares(ann.world())).toEqual([]);
    expect((await ann.recovery.recoveryPage()).collected).toBeNull();
  });

  it("come back to an admin when holders give them, and not before", async () => {
    expect(await ann.recovery.collectNewsroomWords()).toEqual([]);
    await everybodyTakes();
    const collected = async () => (await ann.recovery.recoveryPage()).collected;
    expect(await collected()).toEqual({ from: [], needed: null, words: null });
    const page = await bob.recovery.recoveryPage();
    expect(page.asked).toEqual([{ memberNumber: 1, name: "Ann" }]);
    await bob.recovery.giveBack({ memberNumber: 1 });
    expect(await collected()).toEqual({ from: ["Bob"], needed: 2, words: null });
    await cem.recovery.giveBack({ memberNumber: 1 });
    expect((await collected())?.words?.join(" ")).toBe(ann.newsroomWords);
    await ann.recovery.endCollecting();
    expect(await collected()).toBeNull();
  });
});

describe("a holder", () => {
  it("who has left is missing, and so is the share", async () => {
    await ann.people.retire({ memberNumber: 4, stolen: false });
    expect(await statesOf("recovery")).toEqual(["Bob kept", "Cem kept", "Dee missing"]);
  });

  it("is told to throw the share away when the set is given up", async () => {
    await ann.recovery.dropShares({ words: "recovery" });
    await bob.takeLetters();
    expect(heldShares(bob.world()).map(({ words }) => words)).toEqual(["newsroom"]);
    expect(await statesOf("recovery")).toBeUndefined();
  });
});

it("a set that a colleague makes under the same number at the same time is told apart", async () => {
  const setId = new Uint8Array(16).fill(77);
  const client = await server.pool.connect();
  await client.query("BEGIN");
  await client.query(
    `INSERT INTO share_set (set_id, account_id, words)
     SELECT $1, id, 'recovery' FROM account WHERE user_name = 'cem'`,
    [Buffer.from(setId)],
  );
  const post = { setId, words: "recovery" as const, needed: 2, holders: [1, 3] };
  const posted = refused(bob.world().api.call("postShareSet", post));
  await lockWaits(server.pool);
  await client.query("COMMIT");
  client.release();
  expect(await posted).toBe("key-exists");
});
