import {
  type Act,
  doAt,
  pick,
  type Seat,
  seatSays,
  signs,
  staffOf,
  takeAdminSeat,
} from "./acts.ts";
import { createLine } from "./line.ts";
import { answerInvite, approve } from "./newsroom.ts";
import { type Deed, numberOf } from "./scene.ts";
import { carryOut, closeTabs, makePerson, makeTab, type Tab } from "./staff.ts";

/** What admins do with keys and people, and what time does. */

/** A bit for each member; none: all. */
export const rotates = (seat: Seat, bits: number): Act => {
  const says = `admin ${seatSays(seat)} rotates messaging keys of ${bits.toString(2)}`;
  return {
    says,
    prepare: async (scene) => {
      const all = staffOf(scene).flatMap((person) => numberOf(scene, person) ?? []);
      const some = all.filter((_, index) => ((bits >> index) & 1) === 1);
      const raises = some.length > 0 ? some : all;
      return signs(await takeAdminSeat(scene, seat), {
        says,
        deed: { raises },
        act: ({ rooms }) => rooms.rotate({ members: raises }),
      });
    },
  };
};

export const renews = (seat: Seat): Act => ({
  says: `admin ${seatSays(seat)} renews the list`,
  prepare: async (scene) =>
    signs(await takeAdminSeat(scene, seat), {
      says: "renews",
      deed: {},
      act: ({ rooms }) => rooms.renewRoster(),
    }),
});

const FEWEST = 2;

export const retires = (seat: Seat, whom: number, stolen: boolean): Act => {
  const says = `admin ${seatSays(seat)} retires #${whom} as ${stolen ? "stolen" : "left"}`;
  return {
    says,
    prepare: async (scene) => {
      const tab = await takeAdminSeat(scene, seat);
      const others = staffOf(scene).filter((person) => person !== tab?.person);
      const person = pick(others, whom);
      const number = person === undefined ? null : numberOf(scene, person);
      if (number === null || others.length < FEWEST - 1) return null;
      const state = stolen ? "stolen" : "left";
      return signs(tab, {
        says,
        deed: { retires: { number, state } },
        act: ({ rooms }) => rooms.retire({ memberNumber: number, stolen }),
      });
    },
  };
};

const MOST_PEOPLE = 5;

/** Somebody new answers an invitation; who approves is another step. */
export const invites = (seat: Seat): Act => ({
  says: `admin ${seatSays(seat)} invites, and somebody answers`,
  prepare: async (scene) => {
    if (scene.people.size + scene.waiting.length >= MOST_PEOPLE) return null;
    const tab = await takeAdminSeat(scene, seat);
    if (tab === null) return null;
    const person = makePerson(scene.nextName());
    const [browser] = person.browsers;
    if (browser === undefined) return null;
    return {
      line: tab.line,
      go: async () => {
        const secret = await doAt("invites", tab, () => tab.rooms.invite({ label: person.name }));
        if (secret === null) return { sure: false };
        const theirs = makeTab(scene.world(1), person, browser);
        const came = await carryOut(theirs.line, () => answerInvite(scene.ground, theirs, secret));
        theirs.line.close();
        if (came.kind === "done") scene.waiting.push(person);
        return { sure: true };
      },
    };
  },
});

export const approves = (seat: Seat, whom: number): Act => ({
  says: `admin ${seatSays(seat)} approves ${whom}`,
  prepare: async (scene) => {
    const joins = pick(scene.waiting, whom);
    if (joins === undefined) return null;
    const tab = await takeAdminSeat(scene, seat);
    const act = (at: Tab) => approve(at, joins.name);
    return signs(tab, { says: "approves", deed: { joins }, act });
  },
});

const noLine = (go: () => Promise<Deed>) => ({ line: createLine(), go });

/** The clock goes on, and nobody is at a desk over night. */
export const daysPass = (days: number): Act => ({
  says: `${days} days pass`,
  prepare: async (scene) =>
    noLine(async () => {
      for (const person of scene.people.values()) closeTabs(person);
      scene.ground.moveHours(24 * days);
      return { sure: true };
    }),
});

/** Somebody works on, past midnight perhaps: sessions stay awake. */
export const hoursPass = (hours: number): Act => ({
  says: `${hours} hours pass`,
  prepare: async (scene) =>
    noLine(async () => {
      scene.ground.moveHours(hours);
      const now = new Date(scene.ground.nowMs());
      await scene.ground.replicas[0].pool.query("UPDATE session SET active_at = $1", [now]);
      return { sure: true };
    }),
});

/** No two clocks agree: the second replica's goes before or behind, at most by what an app's code bears. */
export const drifts = (seconds: number): Act => ({
  says: `replica 1's clock is ${seconds} s off`,
  prepare: async (scene) =>
    noLine(async () => {
      scene.ground.drift(seconds);
      return { sure: true };
    }),
});

export const tidies = (replica: number): Act => ({
  says: `replica ${replica} tidies`,
  prepare: async (scene) =>
    noLine(async () => {
      await scene.ground.replicas[replica % 2 === 0 ? 0 : 1].runJobs();
      return { sure: true, tidies: true };
    }),
});

/** What is typed next is stretched further, at a page that is opened from now on. */
export const asksMore = (then: Act): Act => ({
  says: `a release asks more of passphrases, and ${then.says}`,
  prepare: (scene) => {
    scene.ground.raiseHashCost();
    return then.prepare(scene);
  },
});

/** Round by round, as docs/operations.md says: taught to all, written under, accepted still, forgotten. */
export const rollsSecret = (replica: number): Act => ({
  says: `replica ${replica} starts with the next step of a new secret`,
  prepare: async (scene) =>
    noLine(async () => {
      await scene.ground.rollSecret(replica % 2 === 0 ? 0 : 1);
      return { sure: true };
    }),
});
