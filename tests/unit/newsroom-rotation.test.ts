import { describe, expect, it } from "vitest";
import { CodeError } from "../../src/browser/kit/code-error.ts";
import type { Http } from "../../src/browser/kit/http.ts";
import { newsroomSeed, signNext } from "../../src/browser/newsroom/worker/newsroom-key.ts";
import { overviewOf } from "../../src/browser/newsroom/worker/overview.ts";
import { pinFirst } from "../../src/browser/newsroom/worker/pin.ts";
import { rotatingFunctions } from "../../src/browser/newsroom/worker/rotating.ts";
import { settingsFunctions } from "../../src/browser/newsroom/worker/settings.ts";
import { base64url } from "../../src/protocol/public/bytes.ts";
import { newestEra, openNewsroomKeys } from "../../src/protocol/public/newsroom-keys.ts";
import { encodeRoster, type Roster, rosterHash } from "../../src/protocol/public/roster.ts";
import { wordsOf } from "../../src/protocol/public/words.ts";
import { entropyOf } from "../../src/protocol/secret/codename.ts";
import {
  commitToNext,
  seedOfNewsroomWords,
  signRoster,
  signRotation,
} from "../../src/protocol/secret/sign.ts";
import { openDesk, paperStore, paperTable, postsTo, TODAY } from "../support/paper-staff.ts";

/** An admin with the newsroom words of the first sheet, in the browser that made the newsroom. */
const knownTable = async () => {
  const table = paperTable({ admin: true });
  const { store, newsroom } = table;
  await pinFirst(store, { newsroomId: newsroom.newsroomId, userName: "ada" }, newsroom.roster);
  const sheet = wordsOf(newsroom.words).join(" ");
  return { ...table, sheet, today: TODAY };
};
type Table = Awaited<ReturnType<typeof knownTable>>;

const unlock = async (table: Table) => {
  const desk = await openDesk(table);
  return { ...desk, rotating: rotatingFunctions(desk.session) };
};

const rotate = async (table: Table, stolen = false) => {
  const desk = await unlock(table);
  const next = await desk.rotating.startRotation({ words: table.sheet, stolen });
  await desk.rotating.finishRotation();
  return { ...desk, next: next.join(" ") };
};

const keysOf = ({ crypto, server }: Table) => openNewsroomKeys(crypto, server.statements);

/** The line breaks at the post: before the server hears of it, or before its answer. It stays broken. */
const onBrokenLine = (table: Table, when: "before" | "after"): Table => {
  const { http } = table.server;
  let away = false;
  const alive = (): void => {
    if (away) throw new CodeError("offline");
  };
  const broken: Http = {
    bytes: async (path, request) => {
      alive();
      return http.bytes(path, request);
    },
    json: async (path, request) => {
      alive();
      away = path === "/api/newsroom/rotate";
      const answer = !away || when === "after" ? await http.json(path, request) : null;
      alive();
      return answer;
    },
  };
  return { ...table, server: { ...table.server, http: broken } };
};

/** Somebody else with a sheet of words: a rotation and its list, put on the server. */
const rotateElsewhere = (
  table: Table,
  given: { readonly sheet: string; readonly from: Roster },
) => {
  const { crypto, newsroom, server } = table;
  const { from } = given;
  const seed = seedOfNewsroomWords(crypto, entropyOf(given.sheet, 32));
  const { newsroomId } = newsroom;
  const plan = { newsroomId, seed, afterRoster: from.number, day: TODAY };
  const nextCommitment = commitToNext(crypto, crypto.random(32));
  const formerSeed = newsroom.seed;
  const rotation = signRotation(crypto, { ...plan, ordinal: 1, formerSeed, nextCommitment });
  const next = { ...from, number: from.number + 1, previousHash: rosterHashOf(table, from) };
  const statement = signRoster(crypto, next, seed);
  server.statements.push(rotation);
  server.rosters.push({ statement, settings: newsroom.settings });
};

const rosterHashOf = ({ crypto }: Table, roster: Roster) =>
  rosterHash(crypto, encodeRoster(roster));

describe("changing the newsroom's key", () => {
  it("signs the next list under the key that the old sheet gives", async () => {
    const table = await knownTable();
    const { session } = await rotate(table);
    const { crypto } = table;
    const seed = seedOfNewsroomWords(crypto, entropyOf(table.sheet, 32));
    expect(newestEra(keysOf(table)).key).toEqual(crypto.ed25519PublicKey(seed));
    expect([session.world().roster.number, session.opened().trust]).toEqual([2, "held"]);
  });

  it("commits to the words of the new sheet", async () => {
    const table = await knownTable();
    const { next } = await rotate(table);
    const commitment = commitToNext(table.crypto, entropyOf(next, 32));
    expect(newestEra(keysOf(table)).nextCommitment).toEqual(commitment);
  });

  it("leaves the new key alone in the vault, and this desk signs with it", async () => {
    const table = await knownTable();
    const { session } = await rotate(table);
    const { records } = session.world();
    expect(records.ids().filter((id) => id.startsWith("newsroom"))).toEqual([
      "newsroom",
      "newsroom-holders",
    ]);
    await signNext(session, { entries: session.world().roster.entries });
    expect(session.world().roster.number).toBe(3);
  });

  it("is found again at the next unlock, with the link of the new key", async () => {
    const table = await knownTable();
    const first = await rotate(table);
    const { session } = await unlock(table);
    const { link } = settingsFunctions(session).readyLink();
    expect(link.split("#")[1]).toBe(base64url(first.session.world().newsroomKey));
  });

  it("goes on from the new sheet, and refuses the old one", async () => {
    const table = await knownTable();
    const { next, rotating } = await rotate(table);
    await expect(rotating.startRotation({ words: table.sheet, stolen: false })).rejects.toThrow(
      "newsroom-words-used",
    );
    await rotating.startRotation({ words: next, stolen: false });
    await rotating.finishRotation();
    expect(keysOf(table).eras).toHaveLength(3);
  });

  it("as stolen needs the sheet alone, also in a vault without the key", async () => {
    const table = { ...paperTable({ admin: false }), today: TODAY };
    const sheet = wordsOf(table.newsroom.words).join(" ");
    const { session } = await rotate({ ...table, sheet }, true);
    expect(keysOf({ ...table, sheet }).eras[1]?.stolen).toBe(true);
    expect(newsroomSeed(session.world())).not.toBeNull();
  });

  it("is not begun without the key unless as stolen", async () => {
    const table = { ...paperTable({ admin: false }), today: TODAY };
    const sheet = wordsOf(table.newsroom.words).join(" ");
    await expect(rotate({ ...table, sheet })).rejects.toThrow("forbidden");
  });

  it.each([
    ["a word that is no word", (sheet: string) => sheet.replace(/^\w+/, "zzzz"), "codename-word"],
    ["a word too few", (sheet: string) => sheet.replace(/^\w+ /, ""), "codename-length"],
    ["another sheet", () => wordsOf(new Uint8Array(32)).join(" "), "newsroom-words-other"],
  ])("is not begun with %s", async (_name, mistype, code) => {
    const table = await knownTable();
    const { rotating } = await unlock(table);
    const words = mistype(table.sheet);
    await expect(rotating.startRotation({ words, stolen: false })).rejects.toThrow(code);
    expect(postsTo(table.server, "/api/newsroom/rotate")).toEqual([]);
  });

  it("waits for a yes in a browser that does not hold the newest list", async () => {
    const table = { ...(await knownTable()), store: paperStore() };
    await expect(rotate(table)).rejects.toThrow("roster-unconfirmed");
  });
});

describe("a change of the newsroom's key that breaks off", () => {
  it("before the server heard of it, is finished without the words", async () => {
    const table = await knownTable();
    await expect(rotate(onBrokenLine(table, "before"))).rejects.toThrow("offline");
    const { session, rotating } = await unlock(table);
    expect(overviewOf(session).warnings).toContain("newsroom-key-unfinished");
    await rotating.resumeRotation();
    expect([keysOf(table).eras.length, overviewOf(session).warnings]).toEqual([2, []]);
  });

  it("before the server heard of it, may be forgotten and changes nothing", async () => {
    const table = await knownTable();
    await expect(rotate(onBrokenLine(table, "before"))).rejects.toThrow("offline");
    const { session, rotating } = await unlock(table);
    await rotating.forgetRotation();
    await signNext(session, { entries: session.world().roster.entries });
    expect([keysOf(table).eras.length, overviewOf(session).warnings]).toEqual([1, []]);
  });

  it("after the server stored it, is complete at the next unlock", async () => {
    const table = await knownTable();
    await expect(rotate(onBrokenLine(table, "after"))).rejects.toThrow("offline");
    const { session } = await unlock(table);
    expect(newsroomSeed(session.world())).not.toBeNull();
    expect(postsTo(table.server, "/api/newsroom/rotate")).toHaveLength(1);
  });

  it("is void when a colleague with the same sheet was faster, and says so", async () => {
    const table = await knownTable();
    const mine = await unlock(table);
    await mine.rotating.startRotation({ words: table.sheet, stolen: false });
    rotateElsewhere(table, { sheet: table.sheet, from: table.newsroom.roster });
    await expect(mine.rotating.finishRotation()).rejects.toThrow("newsroom-key-changed");
    expect(overviewOf(mine.session).warnings).toContain("newsroom-sheet-void");
    expect(newsroomSeed(mine.session.world())).toBeNull();
  });
});

describe("a server that lies about the newsroom's key", () => {
  it("and drops the rotation with its list, is noticed by whoever held them", async () => {
    const table = await knownTable();
    await rotate(table);
    table.server.statements.length = 1;
    table.server.rosters.length = 1;
    const { session } = await unlock(table);
    expect(overviewOf(session).warnings).toContain("roster-contradicted");
  });

  it("and drops the rotation alone, opens no desk", async () => {
    const table = await knownTable();
    await rotate(table);
    table.server.statements.length = 1;
    await expect(unlock(table)).rejects.toThrow("bad-signature");
  });

  it("and shows another rotation in its place, is noticed by whoever held the first", async () => {
    const table = await knownTable();
    await rotate(table);
    const [created] = table.server.statements;
    const fork = { ...table, server: { ...table.server, rosters: [], statements: [] } };
    rotateElsewhere(fork, { sheet: table.sheet, from: table.newsroom.roster });
    // The same key, so every list still verifies; other words are to come.
    table.server.statements.splice(0, 2, ...[created ?? [], fork.server.statements].flat());
    const { session } = await unlock(table);
    expect(overviewOf(session).warnings).toContain("roster-contradicted");
  });

  it("and adds a list of the former key behind the rotation, is refused", async () => {
    const table = await knownTable();
    const { session } = await rotate(table);
    const { crypto, newsroom, server } = table;
    const { roster } = session.world();
    const forged = { ...roster, number: 3, previousHash: roster.hash };
    const statement = signRoster(crypto, forged, newsroom.seed);
    server.rosters.push({ statement, settings: newsroom.settings });
    await expect(session.world().refreshRoster()).rejects.toThrow("bad-signature");
    await expect(unlock(table)).rejects.toThrow("bad-signature");
  });

  it("and takes back lists that were seen, with a later rotation, is refused", async () => {
    const table = await knownTable();
    const { session } = await unlock(table);
    const { entries } = session.world().roster;
    await signNext(session, { entries });
    rotateElsewhere(table, { sheet: table.sheet, from: table.newsroom.roster });
    await expect(session.world().refreshRoster()).rejects.toThrow("roster-invalid");
  });
});
