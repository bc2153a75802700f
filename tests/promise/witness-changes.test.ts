import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keyChangeFunctions } from "../../src/browser/newsroom/worker/key-changes.ts";
import { lastingKeysFunctions } from "../../src/browser/newsroom/worker/lasting-keys.ts";
import { rotatingFunctions } from "../../src/browser/newsroom/worker/rotating.ts";
import type { ShownChange } from "../../src/browser/newsroom/worker/witnessing.ts";
import { paperStore } from "../support/paper-staff.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  joinedBy,
  type Opened,
  retire,
  twoWitnesses,
  type Witness,
  type Witnesses,
} from "../support/witnesses.ts";

/** What an admin does to the list, and which of the others is told. docs/protocol.md §16.6. */
const CID = 3;
const DEE = 4;
let server: TestServer;
let both: Witnesses;
let cid: Witness;
beforeAll(async () => {
  server = await startTestServer({ now: new Date("2026-11-22T12:00:00Z") });
  both = await twoWitnesses(server);
  await both.ben.open();
}, 120_000);
afterAll(() => server?.stop());

const changesOf = async (opening: Promise<Opened>): Promise<readonly ShownChange[]> =>
  (await opening).found.changes;

/** Signed by Ann, and said to Ben until he has said that he has read it. */
const isToldToBen = async (
  done: (ann: Opened) => Promise<unknown>,
  change: ShownChange,
): Promise<void> => {
  const ann = await both.ann.open();
  await done(ann);
  expect((await ann.log.lookAtLog()).changes).toEqual([]);
  expect(await changesOf(both.ann.open())).toEqual([]);
  expect(await changesOf(both.ben.open())).toEqual([change]);
  expect(await changesOf(both.ben.open({ store: paperStore() }))).toEqual([change]);
  const ben = await both.ben.open();
  expect(ben.found).toMatchObject({ findings: [], changes: [change] });
  await ben.log.acknowledgeChanges();
  expect(ben.log.witnessed().changes).toEqual([]);
  expect(await changesOf(both.ben.open())).toEqual([]);
};

describe("a colleague is named to those who did not do it, until that is acknowledged:", {
  timeout: 120_000,
}, () => {
  it("who was added", async () => {
    const add = async (ann: Opened): Promise<void> => {
      cid = await joinedBy(server, ann, "Cid");
    };
    await isToldToBen(add, { kind: "added", name: "Cid" });
  });

  it("who has new lasting keys", async () => {
    const renewed = async (ann: Opened): Promise<void> => {
      const { session } = await cid.open();
      await lastingKeysFunctions(session).renewLastingKeys({ stolen: false });
      const admin = keyChangeFunctions(ann.session);
      const [row] = await admin.keyChanges();
      await admin.approveKeyChange({ memberNumber: CID, words: row?.words ?? [] });
    };
    await isToldToBen(renewed, { kind: "keys", name: "Cid" });
  });

  it("who was retired", async () => {
    const left = (ann: Opened) => retire(ann, { memberNumber: CID, stolen: false });
    await isToldToBen(left, { kind: "left", name: "Cid" });
  });

  it("whose keys were stolen", async () => {
    await joinedBy(server, await both.ann.open(), "Dee");
    const ben = await both.ben.open();
    expect(ben.found.changes).toEqual([{ kind: "added", name: "Dee" }]);
    await ben.log.acknowledgeChanges();
    const stolen = (ann: Opened) => retire(ann, { memberNumber: DEE, stolen: true });
    await isToldToBen(stolen, { kind: "stolen", name: "Dee" });
  });

  it("two, one after the other, where only the first was acknowledged", async () => {
    const eve = await joinedBy(server, await both.ann.open(), "Eve");
    await (await both.ben.open()).log.acknowledgeChanges();
    await retire(await both.ann.open(), { memberNumber: 5, stolen: false });
    expect(await changesOf(both.ben.open())).toEqual([{ kind: "left", name: eve.name }]);
  });

  it("what another browser of the member has found since is not acknowledged with it", async () => {
    await (await both.ben.open()).log.acknowledgeChanges();
    const fay = await joinedBy(server, await both.ann.open(), "Fay");
    const desk = await both.ben.open();
    expect(desk.found.changes).toEqual([{ kind: "added", name: fay.name }]);
    await retire(await both.ann.open(), { memberNumber: 6, stolen: false });
    await both.ben.open({ store: paperStore() });
    await desk.log.acknowledgeChanges();
    expect(await changesOf(both.ben.open())).toEqual([{ kind: "left", name: fay.name }]);
  });
});

it("a change of the newsroom's key is shown to those who did not do it, and whether it was given up as stolen", async () => {
  await (await both.ben.open()).log.acknowledgeChanges();
  let words = both.newsroomWords;
  const changed = (stolen: boolean) => async (ann: Opened) => {
    const rotating = rotatingFunctions(ann.session);
    const next = await rotating.startRotation({ words: words.join(" "), stolen });
    await rotating.finishRotation();
    words = next;
  };
  await isToldToBen(changed(false), { kind: "newsroom-key", name: "" });
  await isToldToBen(changed(true), { kind: "newsroom-key-stolen", name: "" });
}, 60_000);
