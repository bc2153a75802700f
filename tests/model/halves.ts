import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Ground, startGround } from "./ground.ts";
import { makeNewsroom, type Newsroom } from "./newsroom.ts";
import { reckon } from "./reckoning.ts";
import { openScene } from "./scene.ts";
import { steps } from "./steps.ts";

/**
 * Two replicas over a real database, members' workers and sources without their pages, a clock that is moved; the lists of steps are
 * drawn. docs/adr/0019. `npm run test:model` makes more runs, and takes --seed, --path and --replay of a failed one.
 */

const {
  SEALDROP_MODEL_RUNS: runs = "200",
  SEALDROP_MODEL_SEED: seed = "20261125",
  SEALDROP_MODEL_PATH: path,
  SEALDROP_MODEL_REPLAY: replayPath,
  SEALDROP_MODEL_QUICK: quick,
} = process.env;

/** No time limit of its own: a loaded machine is slow, not wrong. */
const LONGEST_MS = 12 * 3_600_000;
const MOST_STEPS = 12;
/** Five thousand take half an hour and more. */
const SHOWN_EACH = 100;

const oneIn = (count: number): fc.Arbitrary<boolean> =>
  fc.nat(count - 1).map((drawn) => drawn === 0);

const commands = fc.commands(steps, {
  maxCommands: MOST_STEPS,
  size: "max",
  ...(replayPath !== undefined && { replayPath }),
});

/** The other half may go on for an hour before its processes are done and the run's end tells of this one. */
const tellAtOnce = (failure: Error): never => {
  console.error(failure.message, failure.cause);
  throw failure;
};

/** Half of the runs, so that two processes share them: the second has the next seed. A replay is the first one's. */
export const modelHalf = (half: 0 | 1): void => {
  let ground: Ground;
  let newsroom: Newsroom;

  beforeAll(async () => {
    ground = await startGround();
    newsroom = await makeNewsroom(ground);
  }, 600_000);

  afterAll(() => ground?.stop());

  let begun = 0;
  const run = fc.asyncProperty(commands, oneIn(3), oneIn(5), async (list, later, watchful) => {
    if (++begun % SHOWN_EACH === 0) console.log(`model: run ${begun}`);
    const scene = await openScene({ ground, ...newsroom, watchful });
    await fc.asyncModelRun(() => ({ model: {}, real: scene }), list);
    await reckon(scene, later);
  });

  it.skipIf(half === 1 && path !== undefined)(
    "nothing readable becomes unreadable, and nothing else readable, whatever is rotated at once or half-way",
    async () => {
      const drawn = {
        numRuns: Math.ceil(Number(runs) / 2),
        seed: Number(seed) + half,
        endOnFailure: quick === "1",
      };
      console.log(`model: ${drawn.numRuns} runs, seed ${drawn.seed}`);
      await fc.assert(run, { ...drawn, ...(path !== undefined && { path }) }).catch(tellAtOnce);
      expect(ground.faults()).toEqual([]);
    },
    LONGEST_MS,
  );
};
