import { describe, expect, it } from "vitest";
import { codeOf } from "../../src/browser/kit/code-error.ts";
import type { BrowserStore } from "../../src/browser/newsroom/worker/browser-store.ts";
import { findMember } from "../../src/protocol/public/roster.ts";
import { paperStore } from "../support/paper-staff.ts";
import type { TestServer } from "../support/server.ts";
import {
  again,
  eachWithWitnesses,
  keepState,
  kindsOf,
  type Opened,
  rotate,
  type Witnesses,
} from "../support/witnesses.ts";

/** Who holds the server, and one honest statement that a backup was played in: tried as an excuse for more. docs/protocol.md §16.7. */
let server: TestServer;
let both: Witnesses;
let phone: BrowserStore;
eachWithWitnesses((fresh, two) => {
  server = fresh;
  both = two;
  phone = paperStore();
});

/** Ann has looked twice: what she still says of her log must not arrive later. */
const rotatesBen = async (): Promise<void> => {
  const ann = await both.ann.open();
  if (ann.session.opened().trust === "unknown") await ann.keys.confirmRoster();
  await rotate(ann, [2]);
  await again(ann);
  await again(ann);
};

const saysRestored = async (): Promise<Opened> => {
  const ann = await both.ann.open();
  await ann.log.sayRestored();
  return ann;
};

const bensGeneration = ({ session }: Opened) =>
  findMember(session.world().roster, 2)?.generation ?? -1;

/** What Ben's browsers find, one after the other. */
const inEach = async (stores: readonly BrowserStore[]): Promise<readonly (readonly string[])[]> => {
  const found: (readonly string[])[] = [];
  for (const store of stores) found.push(kindsOf(await both.ben.open({ store })));
  return found;
};

const noLog = (path: string): void => {
  if (path.startsWith("/api/log/")) throw new TypeError("the line broke");
};

describe("a statement of restoring", { timeout: 120_000 }, () => {
  it("is not forgotten by a browser that takes a later one after another browser", async () => {
    await both.ben.open();
    await both.ben.open({ store: phone });
    const first = await keepState(server);
    await rotatesBen();
    await both.ben.open({ store: phone });
    await first();
    await saysRestored();
    const afterSaid = await keepState(server);
    expect(kindsOf(await both.ben.open({ store: phone }))).toEqual([]);
    await rotatesBen();
    expect(kindsOf(await both.ben.open({ store: phone }))).toEqual([]);
    // The same backup again, of a day before the first statement.
    await first();
    server.moveDays(1);
    await saysRestored();
    expect(kindsOf(await both.ben.open())).toEqual([]);
    expect(kindsOf(await both.ben.open({ store: phone }))).toEqual([]);
    await rotatesBen();
    expect(kindsOf(await both.ben.open({ store: phone }))).toEqual([]);
    await afterSaid();
    expect(kindsOf(await both.ben.open({ store: phone }))).toEqual(["shrunk"]);
  });

  it.each([{ seen: false }, { seen: true }])(
    "explains no list that was made on a later day, whose log was kept from its holder; what is gone seen: $seen",
    async ({ seen }) => {
      const back = await keepState(server);
      server.moveDays(1);
      await server.runJobs();
      if (seen) await both.ben.open();
      await back();
      await saysRestored();
      const afterSaid = await keepState(server);
      server.moveDays(1);
      await rotatesBen();
      const held = await both.ben.open({ before: noLog });
      expect([bensGeneration(held), held.session.opened().trust]).toEqual([1, "held"]);
      await afterSaid();
      const ben = await both.ben.open();
      expect([bensGeneration(ben), ben.session.opened().trust]).toEqual([0, "contradicted"]);
      expect(kindsOf(ben)).toEqual([seen ? "fork" : "list-gone"]);
      // Was that a backup, too, then it is said of that day.
      await saysRestored();
      const later = await both.ben.open();
      expect([kindsOf(later), later.session.opened().trust]).toEqual([[], "held"]);
    },
  );

  it("is taken by three browsers in any order, and told once", async () => {
    const [one, two, three] = [paperStore(), paperStore(), paperStore()];
    expect(await inEach([one, two, three])).toEqual([[], [], []]);
    const back = await keepState(server);
    await rotatesBen();
    await inEach([one, two, three]);
    await back();
    await saysRestored();
    const first = await both.ben.open({ store: two });
    expect(first.found).toMatchObject({
      findings: [],
      changes: [{ kind: "restored", name: "Ann" }],
    });
    await first.log.acknowledgeChanges();
    const afterFirst = await keepState(server);
    expect(await inEach([three, one, two, three])).toEqual([[], [], [], []]);
    expect((await both.ben.open({ store: three })).found.changes).toEqual([]);
    await rotatesBen();
    expect(await inEach([one, two, three])).toEqual([[], [], []]);
    await afterFirst();
    expect(await inEach([one, two, three])).toEqual([["shrunk"], ["shrunk"], ["shrunk"]]);
  });

  it("may follow another one, and who was away for both takes the log with both", async () => {
    await both.ben.open({ store: phone });
    const first = await keepState(server);
    await rotatesBen();
    await both.ben.open({ store: phone });
    await first();
    await saysRestored();
    expect(kindsOf(await both.ben.open())).toEqual([]);
    const second = await keepState(server);
    await rotatesBen();
    expect(kindsOf(await both.ben.open())).toEqual([]);
    await second();
    await saysRestored();
    expect((await both.ben.open()).found).toMatchObject({
      findings: [],
      changes: [{ kind: "restored", name: "Ann" }],
    });
    for (const store of [undefined, phone]) {
      const ben = await both.ben.open(store === undefined ? {} : { store });
      expect([kindsOf(ben), ben.session.opened().trust]).toEqual([[], "held"]);
    }
    const both2 = await keepState(server);
    await rotatesBen();
    expect(kindsOf(await both.ben.open({ store: phone }))).toEqual([]);
    await both2();
    expect(kindsOf(await both.ben.open({ store: phone }))).toEqual(["shrunk"]);
  });

  it("counts also when the same backup is played in twice on one day", async () => {
    await both.ben.open();
    const back = await keepState(server);
    for (const _time of [1, 2]) {
      await rotatesBen();
      expect(kindsOf(await both.ben.open())).toEqual([]);
      await back();
      expect(kindsOf(await both.ben.open())).toEqual(["shrunk"]);
      const ann = await saysRestored();
      expect(ann.log.witnessed().findings).toEqual([]);
      expect(kindsOf(await both.ben.open())).toEqual([]);
    }
  });

  it.each([{ vaultToo: true }, { vaultToo: false }])(
    "hides nothing that was done after it from those who take it later: vault back $vaultToo",
    async ({ vaultToo }) => {
      await both.ben.open();
      const back = await keepState(server);
      await rotatesBen();
      const ben = await both.ben.open();
      await ben.log.acknowledgeChanges();
      const vaults = await keepState(server, ["vault_record", "account"]);
      await back();
      if (!vaultToo) await vaults();
      await saysRestored();
      await rotatesBen();
      const told = await both.ben.open();
      expect(told.found.findings).toEqual([]);
      const { changes } = told.found;
      expect(changes).toContainEqual({ kind: "restored", name: "Ann" });
      expect(changes).toContainEqual({ kind: "void", name: "Ben" });
      expect(changes).toHaveLength(2);
    },
  );

  it("leaves nothing signed by an admin's desk that stood open and signs within the same minute", async () => {
    const store = paperStore();
    const back = await keepState(server);
    const open = await both.ann.open({ store });
    await open.keys.confirmRoster();
    await rotate(open, [2]);
    await again(open);
    await both.ben.open();
    await back();
    const ann = await both.ann.open();
    const [, signed] = await Promise.all([
      ann.log.sayRestored(),
      rotate(open, [2]).then(() => "done", codeOf),
    ]);
    expect(signed).not.toBe("done");
    const ben = await both.ben.open();
    expect([kindsOf(ben), bensGeneration(ben)]).toEqual([[], 0]);
    const next = await both.ann.open({ store });
    expect([kindsOf(next), next.session.opened().trust]).toEqual([[], "unknown"]);
    await next.keys.confirmRoster();
    await rotate(next, [2]);
    const late = await both.ben.open();
    expect([kindsOf(late), bensGeneration(late)]).toEqual([[], 1]);
  });
});
