import { type Header, parseHeader } from "../../src/protocol/public/envelope.ts";
import {
  findMember,
  parseRoster,
  type Roster,
  type RosterEntry,
} from "../../src/protocol/public/roster.ts";
import { parseStatement } from "../../src/protocol/public/statement.ts";
import { addMember, type Deed, type Scene } from "./scene.ts";
import {
  dropAbandoned,
  expiredSources,
  type MemberTruth,
  type Told,
  type Writer,
} from "./truth.ts";

/** After each step: what the database shows to whoever has no key must be what the doers know, no less and no more. */

type Row = {
  readonly arrival: number;
  readonly id: string;
  readonly day: number;
  readonly header: Buffer;
  readonly slots: readonly { readonly member: number; readonly generation: number }[];
};

type Rows = ReadonlyMap<string, Row>;

const MESSAGES = `
  SELECT m.arrival, encode(m.message_id, 'hex') AS id, m.day, m.header,
    coalesce((SELECT json_agg(json_build_object('member', member_number, 'generation', generation))
      FROM slot AS s WHERE s.arrival = m.arrival), '[]') AS slots
  FROM message AS m ORDER BY m.arrival`;

const readRows = async ({ ground }: Scene): Promise<Rows> => {
  const { rows } = await ground.replicas[0].pool.query<Row>(MESSAGES);
  return new Map(rows.map((row) => [row.id, row]));
};

const readRoster = async ({ ground }: Scene): Promise<Roster> => {
  const { rows } = await ground.replicas[0].pool.query<{ readonly statement: Buffer }>(
    "SELECT statement FROM roster ORDER BY number DESC LIMIT 1",
  );
  const [newest] = rows;
  if (newest === undefined) throw new Error("no roster");
  return parseRoster(parseStatement(new Uint8Array(newest.statement), "roster").payload);
};

const wrong = (what: string): never => {
  throw new Error(what);
};

const rowOf = (rows: Rows, { ids }: Told): Row | undefined =>
  [...ids].map((id) => rows.get(id)).find((row) => row !== undefined);

/** Members as they were before the step, by number. */
type Before = ReadonlyMap<number, MemberTruth>;

const takeNewcomer = (scene: Scene, entry: RosterEntry, deeds: readonly Deed[]): void => {
  const { name, memberNumber } = entry;
  const joins = deeds.find((deed) => deed.joins?.name === name)?.joins;
  if (joins === undefined) throw new Error(`${name} is on the list, and nobody approved that`);
  scene.waiting.splice(scene.waiting.indexOf(joins), 1);
  addMember(scene, memberNumber, joins);
};

const checkState = (known: MemberTruth, { state }: RosterEntry, deeds: readonly Deed[]): void => {
  if (state === known.state) return;
  // Of two admins at once, one may say *left* and the other *stolen*.
  const asked = deeds
    .map(({ retires }) => retires)
    .find((one) => one?.number === known.number && one.state === state);
  if (asked === undefined) wrong(`${known.name} became ${state}, and nobody asked for that`);
  else known.state = asked.state;
};

/** Lasting keys before the present ones: as many as were renewed, and stolen only when that was said. */
const checkEpochs = (roster: Roster, known: MemberTruth, deeds: readonly Deed[]): number => {
  const all = roster.entries.filter(({ memberNumber }) => memberNumber === known.number);
  const former = all.length - 1;
  const renewed = deeds.filter(({ renews }) => renews?.number === known.number);
  const by = former - known.epoch;
  if (by < 0 || by > renewed.length) wrong(`${known.name}'s lasting keys changed unasked`);
  const stolen = renewed.some(({ renews }) => renews?.stolen) && by > 0;
  known.epoch = former;
  if (stolen) known.stolenEpochs = former;
  return by;
};

const checkMember = (scene: Scene, roster: Roster, deeds: readonly Deed[]): void => {
  for (const number of new Set(roster.entries.map(({ memberNumber }) => memberNumber))) {
    const entry = findMember(roster, number);
    const known = scene.truth.members.get(number);
    if (entry === null) continue;
    if (known === undefined) {
      takeNewcomer(scene, entry, deeds);
      continue;
    }
    checkState(known, entry, deeds);
    const renewed = checkEpochs(roster, known, deeds);
    const raised = deeds.filter(({ raises }) => raises?.includes(number)).length;
    const by = entry.generation - known.generation;
    if (by < renewed || by > raised + renewed) wrong(`${known.name}'s generation rose by ${by}`);
    known.generation = entry.generation;
  }
};

const readRoles = async ({ ground, people }: Scene): Promise<void> => {
  const { rows } = await ground.replicas[0].pool.query<{ readonly member: number }>(
    "SELECT member_number AS member FROM account WHERE role = 'admin'",
  );
  const admins = new Set(rows.map(({ member }) => member));
  for (const [number, person] of people) person.isAdmin = admins.has(number);
};

const checkDone = (scene: Scene, before: Before, { sure, raises, retires, joins }: Deed): void => {
  if (!sure) return;
  const { members } = scene.truth;
  for (const number of raises ?? []) {
    const was = before.get(number);
    const is = members.get(number);
    if (was?.state === "current" && is?.generation === was.generation && is.state === "current") {
      wrong(`${was.name}'s keys were said to be void, and are not`);
    }
  }
  if (retires !== undefined && members.get(retires.number)?.state !== retires.state) {
    wrong(`member ${retires.number} was said to be ${retires.state}, and is not`);
  }
  if (joins !== undefined && ![...scene.people.values()].includes(joins)) {
    wrong(`${joins.name} was said to be approved, and is not`);
  }
};

/** Each slot is for a member of now or of just before, under the generation of now or of just before. */
const checkSlots = (scene: Scene, before: Before, { slots, arrival }: Row): void => {
  for (const { member, generation } of slots) {
    const was = before.get(member);
    const is = scene.truth.members.get(member);
    const allowed = [was, is].some(
      (one) => one?.state === "current" && one.generation === generation,
    );
    if (!allowed) wrong(`message ${arrival} has a slot for member ${member} under void keys`);
  }
};

const takeTold = (scene: Scene, told: Told, row: Row): void => {
  const header: Header = parseHeader(new Uint8Array(row.header));
  Object.assign(told, { arrival: row.arrival, period: header.period, day: row.day });
  scene.truth.told.add(told);
};

const settleNew = (
  scene: Scene,
  rows: Rows,
  step: { readonly deeds: readonly Deed[]; readonly before: Before },
): void => {
  for (const { told, sure } of step.deeds) {
    if (told === undefined) continue;
    const row = rowOf(rows, told);
    if (row !== undefined) {
      checkSlots(scene, step.before, row);
      takeTold(scene, told, row);
    } else if (sure && !step.deeds.some(({ goes }) => goes?.(told))) {
      wrong(`"${told.words}" was acknowledged and is not stored`);
    }
  }
};

const dropGone = (scene: Scene, rows: Rows, deeds: readonly Deed[]): void => {
  for (const told of [...scene.truth.told]) {
    if (rowOf(rows, told) !== undefined) continue;
    if (!deeds.some(({ goes }) => goes?.(told))) wrong(`"${told.words}" is gone by itself`);
    scene.truth.told.delete(told);
  }
};

const settleOld = (scene: Scene, rows: Rows, deeds: readonly Deed[]): void => {
  dropGone(scene, rows, deeds);
  const { told } = scene.truth;
  const said = deeds.flatMap(({ sure, gone }) => (sure ? (gone ?? []) : []));
  const left = said.find((one) => told.has(one));
  if (left !== undefined) wrong(`"${left.words}" was said to be deleted, and is there`);
  const known = new Set([...told].flatMap(({ ids }) => [...ids]));
  const stray = [...rows.keys()].find((id) => !known.has(id));
  if (stray !== undefined) wrong(`a message that nobody wrote: ${stray}`);
};

/** They have it from their next unlock on; whoever removed a copy may not. */
const give = ({ readers, given }: Told, number: number, from: Writer): void => {
  const before = readers.get(number);
  if (before === undefined) given.set(number, from);
  else if (before !== "must") readers.set(number, "may");
};

const giveHistory = ({ shares }: Deed): void => {
  if (shares === undefined) return;
  const { to, from } = shares;
  for (const told of shares.told) to.map((number) => give(told, number, from));
};

/** Around midnight, where the replicas' clocks differ, what is due on one of the two days may have been done. */
const withTidying = (scene: Scene, deeds: readonly Deed[]): readonly Deed[] => {
  if (!deeds.some(({ tidies }) => tidies)) return deeds;
  const { truth } = scene;
  const [earliest, today] = scene.bothDays();
  const isSure = deeds.length === 1 && earliest === today;
  const expired = expiredSources(truth, today);
  const goes = ({ source }: Told): boolean => expired.has(source);
  const gone = isSure ? [...truth.told].filter(goes) : [];
  dropAbandoned(truth, today, isSure);
  return [...deeds, { sure: true, goes, gone }];
};

/** Throws what is not as it must be; afterwards the truth is that of now. */
export const settle = async (scene: Scene, done: readonly Deed[]): Promise<void> => {
  const deeds = withTidying(scene, done);
  const before = new Map([...scene.truth.members].map(([number, one]) => [number, { ...one }]));
  const roster = await readRoster(scene);
  checkMember(scene, roster, deeds);
  await readRoles(scene);
  for (const deed of deeds) checkDone(scene, before, deed);
  const rows = await readRows(scene);
  settleNew(scene, rows, { deeds, before });
  settleOld(scene, rows, deeds);
  for (const deed of deeds) giveHistory(deed);
  const faults = [...scene.faults, ...scene.ground.faults()];
  if (faults.length > 0) wrong(faults.join("\n"));
};
