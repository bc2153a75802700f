import * as fc from "fast-check";
import { type Act, NOTHING, type Ready } from "./acts.ts";
import { changesPassphrase, comesByWords } from "./acts-account.ts";
import {
  approves,
  asksMore,
  daysPass,
  drifts,
  hoursPass,
  invites,
  renews,
  retires,
  rollsSecret,
  rotates,
  tidies,
} from "./acts-keys.ts";
import {
  beats,
  comesAndRemoves,
  deletesForAll,
  reads,
  removesCopy,
  replies,
  unlocks,
} from "./acts-member.ts";
import {
  looksForSignature,
  makesAdmin,
  renewsLasting,
  rotatesNewsroom,
  signsLasting,
  stepsDown,
  takesRights,
} from "./acts-rights.ts";
import { shares } from "./acts-share.ts";
import { deletesAll, looksIn, writes } from "./acts-source.ts";
import { type Break, createOvertaken, createTurns, type Turns } from "./line.ts";
import type { Deed, Scene } from "./scene.ts";
import { settle } from "./settle.ts";

/** What a run is made of: one act, over a line that may break, or two acts at once. */

// Mostly the same source, conversation and tab: what one did before is what makes the next thing go wrong.
const mostlyFirst = (most: number): fc.Arbitrary<number> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(most) });

const seat = fc.record({ who: fc.nat(4), browser: mostlyFirst(1), tab: mostlyFirst(1) });
const which = mostlyFirst(2);
const from = mostlyFirst(2);
const bits = fc.nat(15);
const device = fc.constantFrom("keep", "keep", "new", "off");

const tip: fc.Arbitrary<Act> = fc
  .record({ from, readers: bits, reRead: fc.boolean(), stale: fc.boolean() })
  .map(writes);

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 12, arbitrary: tip },
  { weight: 5, arbitrary: seat.map(unlocks) },
  { weight: 1, arbitrary: seat.map((at) => asksMore(unlocks(at))) },
  { weight: 4, arbitrary: fc.tuple(seat, which).map(([at, one]) => replies(at, one)) },
  { weight: 1, arbitrary: fc.tuple(seat, which).map(([at, one]) => reads(at, one)) },
  { weight: 2, arbitrary: fc.tuple(seat, which).map(([at, one]) => removesCopy(at, one)) },
  { weight: 2, arbitrary: fc.tuple(seat, which).map(([at, one]) => deletesForAll(at, one)) },
  { weight: 1, arbitrary: from.map(deletesAll) },
  { weight: 1, arbitrary: from.map(looksIn) },
  { weight: 1, arbitrary: seat.map(beats) },
  { weight: 6, arbitrary: fc.tuple(seat, bits).map(([at, whom]) => rotates(at, whom)) },
  { weight: 1, arbitrary: seat.map(renews) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(seat, which, fc.boolean())
      .map(([at, whom, stolen]) => retires(at, whom, stolen)),
  },
  { weight: 3, arbitrary: seat.map(invites) },
  {
    weight: 3,
    arbitrary: fc.tuple(seat, which, bits).map(([at, one, whom]) => shares(at, one, whom)),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(seat, fc.boolean()).map(([at, stolen]) => renewsLasting(at, stolen)),
  },
  { weight: 3, arbitrary: fc.tuple(seat, which).map(([at, one]) => signsLasting(at, one)) },
  { weight: 1, arbitrary: seat.map(looksForSignature) },
  { weight: 2, arbitrary: fc.tuple(seat, which).map(([at, whom]) => makesAdmin(at, whom)) },
  { weight: 1, arbitrary: fc.tuple(seat, which).map(([at, whom]) => takesRights(at, whom)) },
  {
    weight: 2,
    arbitrary: fc.tuple(seat, fc.boolean()).map(([at, stolen]) => rotatesNewsroom(at, stolen)),
  },
  { weight: 1, arbitrary: seat.map(stepsDown) },
  { weight: 2, arbitrary: fc.tuple(seat, device).map(([at, how]) => changesPassphrase(at, how)) },
  { weight: 1, arbitrary: seat.map(comesByWords) },
  { weight: 2, arbitrary: fc.nat(1).map(rollsSecret) },
  { weight: 3, arbitrary: fc.tuple(seat, which).map(([at, whom]) => approves(at, whom)) },
  { weight: 2, arbitrary: fc.nat(1).map(tidies) },
);

/** Within a period, to the next, past the time that somebody is offered, past two months. */
const days: fc.Arbitrary<Act> = fc
  .oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 60 }))
  .map(daysPass);
/** Twelve of them end on midnight, at first. */
const hours: fc.Arbitrary<Act> = fc
  .oneof(fc.constant(12), fc.integer({ min: 1, max: 14 }))
  .map(hoursPass);
const clocks: fc.Arbitrary<Act> = fc.integer({ min: -25, max: 25 }).map(drifts);

/** Two acts that meet badly where they meet at all, and the write of the second at which they do. */
type Collision = { readonly acts: readonly [Act, Act]; readonly at: string };

const collision: fc.Arbitrary<Collision> = fc
  .record({ who: fc.nat(4), other: fc.nat(4), which, bits, tip, stolen: fc.boolean(), how: device })
  .chain(({ who, other, which: at, bits: whom, tip: wrote, stolen, how }) => {
    const here = { who, browser: 0, tab: 0 };
    const there = { who, browser: 1, tab: 1 };
    const theirs = { who: other, browser: 0, tab: 0 };
    const collide = (path: string, first: Act, second: Act): Collision => ({
      acts: [first, second],
      at: path,
    });
    return fc.constantFrom(
      collide("/messages/wraps", comesAndRemoves(here, at), unlocks(there)),
      collide("/archive/wraps", removesCopy(here, at), looksForSignature(there)),
      collide("/messages", removesCopy(here, at), shares(theirs, at, whom)),
      collide("/messages/wraps", deletesForAll(here, at), unlocks(there)),
      collide("/vault", changesPassphrase(here, how), reads(there, at)),
      collide("/vault", changesPassphrase(here, how), unlocks(there)),
      collide("/vault", changesPassphrase(here, how), renewsLasting(there, stolen)),
      collide("/vault", unlocks(here), unlocks(there)),
      collide("/hash-cost", changesPassphrase(here, how), asksMore(unlocks(there))),
      collide("/hash-cost", asksMore(unlocks(here)), asksMore(unlocks(there))),
      collide("/hash-cost", retires(theirs, at, stolen), asksMore(unlocks(there))),
      collide("/vault", asksMore(unlocks(here)), renewsLasting(there, stolen)),
      collide("/archive", looksForSignature(here), unlocks(there)),
      collide("/roster", rotates(here, whom), retires(theirs, at, stolen)),
      collide("/roster", rotates(here, whom), signsLasting(theirs, at)),
      collide("/messages", rotates(here, whom), wrote),
      collide("/messages", retires(here, at, stolen), wrote),
    );
  });

const lineBreak: fc.Arbitrary<Break> = fc.record({
  after: fc.nat(24),
  lost: fc.constantFrom("request", "answer", "time"),
  ends: fc.boolean(),
});

const breakSays = ({ after, lost, ends }: Break): string =>
  lost === "time"
    ? `request ${after} is overtaken`
    : `${lost} ${after} is lost${ends ? ", and the browser closed" : ""}`;

type Model = Record<string, never>;
type Command = fc.AsyncCommand<Model, Scene>;

const command = (says: string, run: (scene: Scene) => Promise<void>): Command => ({
  check: () => true,
  run: async (_model, scene) => run(scene),
  toString: () => says,
});

const alone = (one: Act): Command =>
  command(one.says, async (scene) => {
    const ready = await one.prepare(scene);
    await settle(scene, [ready === null ? NOTHING : await ready.go({ alone: true })]);
  });

const broken = (one: Act, plan: Break): Command =>
  command(`${one.says} (${breakSays(plan)})`, async (scene) => {
    const ready = await one.prepare(scene);
    ready?.line.breakAt(plan);
    const deed = (await ready?.go({ alone: plan.lost === "time" })) ?? NOTHING;
    ready?.line.breakAt(null);
    await settle(scene, [deed]);
  });

/** Which requests of two come first. */
type Meeting = { readonly says: string; turns(): Turns };

/** Request by request in a drawn order, then as they come. */
const mixed: fc.Arbitrary<Meeting> = fc.array(fc.boolean(), { maxLength: 24 }).map((order) => ({
  says: order.map((isFirst) => (isFirst ? "1" : "2")).join(""),
  turns: () => createTurns(order),
}));

const overtakenAt = (path: string): Meeting => ({
  says: `the second is overtaken at ${path}`,
  turns: () => createOvertaken(path),
});
/** What goes wrong goes wrong at a write. */
const overtaken: fc.Arbitrary<Meeting> = fc
  .constantFrom("/wraps", "/vault", "/roster", "/messages", "/archive", "/messaging-keys")
  .map(overtakenAt);

/** Two tabs, two admins, a source and an admin. */
const runBoth = async (
  [first, second]: readonly [Ready, Ready],
  meeting: Meeting,
): Promise<readonly Deed[]> => {
  const turns = first.line === second.line ? null : meeting.turns();
  const run = async (ready: Ready, which: 0 | 1): Promise<Deed> => {
    const turn = turns?.[which] ?? null;
    ready.line.takeTurns(turn);
    try {
      return await ready.go({ alone: false });
    } finally {
      turn?.finish();
      ready.line.takeTurns(null);
    }
  };
  return Promise.all([run(first, 0), run(second, 1)]);
};

const atOnce = ([a, b]: readonly [Act, Act], meeting: Meeting): Command =>
  command(`[${a.says}] and at once [${b.says}] ${meeting.says}`, async (scene) => {
    const first = await a.prepare(scene);
    const second = await b.prepare(scene);
    if (first !== null && second !== null) {
      await settle(scene, await runBoth([first, second], meeting));
      return;
    }
    const deed = await (first ?? second)?.go({ alone: true });
    await settle(scene, [deed ?? NOTHING]);
  });

const together = fc.tuple(act, act);

export const steps: fc.Arbitrary<Command>[] = [
  act.map(alone),
  act.map(alone),
  act.map(alone),
  days.map(alone),
  fc.oneof({ weight: 3, arbitrary: hours }, { weight: 1, arbitrary: clocks }).map(alone),
  fc.tuple(act, lineBreak).map(([one, plan]) => broken(one, plan)),
  fc.tuple(together, mixed).map(([both, how]) => atOnce(both, how)),
  fc.tuple(together, mixed).map(([both, how]) => atOnce(both, how)),
  fc.tuple(together, overtaken).map(([both, how]) => atOnce(both, how)),
  fc
    .tuple(collision, fc.option(mixed))
    .map(([{ acts, at }, how]) => atOnce(acts, how ?? overtakenAt(at))),
];
