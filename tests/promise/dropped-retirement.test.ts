import { describe, expect, it } from "vitest";
import { findMember } from "../../src/protocol/public/roster.ts";
import { paperStore } from "../support/paper-staff.ts";
import type { TestServer } from "../support/server.ts";
import {
  again,
  eachWithWitnesses,
  joinedBy,
  keepState,
  kindsOf,
  type Opened,
  retire,
  type Witnesses,
  withoutLast,
} from "../support/witnesses.ts";

/** A server that keeps it from Ben, or from sources, that Ann has retired Cid. docs/threat-model.md, claims 30 and 32. */
const CID = 3;
let server: TestServer;
let both: Witnesses;
eachWithWitnesses(
  (fresh, two) => {
    server = fresh;
    both = two;
  },
  async (base, two) => {
    await joinedBy(base, await two.ann.open(), "Cid");
    await two.ben.open();
  },
);

const TOLD = /\/api\/(?:rosters|log\/evidence|newsroom)/;

/** What Ben's browser was told before, at both addresses. */
const keepAnswers = async (): Promise<ReadonlyMap<string, Uint8Array>> => {
  const old = new Map<string, Uint8Array>();
  await both.ben.open({
    alter: (url, answer) => {
      if (TOLD.test(url)) old.set(url, answer);
      return null;
    },
  });
  return old;
};

/** And Ann's browser has signed what it sees. */
const retireCid = async (stolen: boolean): Promise<void> => {
  const ann = await both.ann.open();
  await retire(ann, { memberNumber: CID, stolen });
  expect(await again(ann)).toEqual([]);
};

const cidSeenBy = ({ session }: Opened) => findMember(session.world().roster, CID)?.state;

const holdBackSeen = () => server.pool.query("DELETE FROM seen_statement");

describe.each([
  { stolen: false, state: "left" },
  { stolen: true, state: "stolen" },
])("somebody retired as $state", { timeout: 120_000 }, ({ stolen, state }) => {
  it("and still shown to one member with the log of before is found by what a colleague has seen", async () => {
    const old = await keepAnswers();
    await retireCid(stolen);
    const alter = (url: string) => old.get(url) ?? null;
    const ben = await both.ben.open({ alter });
    expect(cidSeenBy(ben)).toBe("current");
    expect(ben.found.findings).toEqual([
      expect.objectContaining({ kind: "colleague-more", name: "Ann" }),
    ]);
    // With Ann's word held back too, there is nothing to find: limits 4 and 18.
    await holdBackSeen();
    const alone = await both.ben.open({ alter });
    expect([cidSeenBy(alone), kindsOf(alone)]).toEqual(["current", []]);
    // That story cannot be dropped again unseen, nor kept up once Ben has been told the other one.
    const told = await both.ben.open();
    expect([cidSeenBy(told), kindsOf(told)]).toEqual([state, []]);
    await holdBackSeen();
    expect(kindsOf(await both.ben.open({ alter }))).toEqual(["shrunk"]);
  });

  it("and missing on the list that staff are shown is found by what the log holds", async () => {
    await retireCid(stolen);
    const alter = (url: string, answer: Uint8Array) =>
      url.startsWith(`${server.newsroom}/api/rosters`) ? withoutLast(answer) : null;
    // Sources are told the truth, as the log is.
    for (const store of [undefined, undefined, paperStore()]) {
      const ben = await both.ben.open({ alter, ...(store === undefined ? {} : { store }) });
      expect(cidSeenBy(ben)).toBe("current");
      expect(kindsOf(ben)).toEqual(["roster-hidden", "source-list"]);
    }
    const honest = await both.ben.open();
    expect([cidSeenBy(honest), kindsOf(honest)]).toEqual([state, []]);
  });

  it("and back with list, log and vaults is found by every browser that had seen it", async () => {
    const back = await keepState(server);
    await retireCid(stolen);
    const ben = await both.ben.open();
    expect([cidSeenBy(ben), kindsOf(ben)]).toEqual([state, []]);
    await back();
    expect(kindsOf(await both.ben.open())).toEqual(["shrunk"]);
    expect(kindsOf(await both.ann.open())).toEqual(["shrunk"]);
    // Whoever had not seen it has nothing to compare with: limits 4 and 17.
    const fresh = await both.ben.open({ store: paperStore() });
    expect([cidSeenBy(fresh), kindsOf(fresh)]).toEqual(["current", []]);
  });

  it("and back with list, log and vaults is found in a new browser by what a colleague has seen", async () => {
    const back = await keepState(server);
    await retireCid(stolen);
    const { rows } = await server.pool.query(
      "SELECT statement FROM seen_statement WHERE member_number = 1",
    );
    await back();
    await server.pool.query("UPDATE seen_statement SET statement = $1 WHERE member_number = 1", [
      rows[0].statement,
    ]);
    const fresh = await both.ben.open({ store: paperStore() });
    expect(fresh.found.findings).toEqual([
      expect.objectContaining({ kind: "colleague-more", name: "Ann" }),
    ]);
  });

  it("and still offered to sources is found at the sources' address", async () => {
    const old = await keepAnswers();
    await retireCid(stolen);
    const alter = (url: string): Uint8Array | null =>
      url.startsWith(server.source) ? (old.get(url) ?? null) : null;
    const ben = await both.ben.open({ alter });
    expect(cidSeenBy(ben)).toBe(state);
    expect(kindsOf(ben)).toEqual(["source-list", "source-log"]);
  });
});
