import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Ground, startGround } from "./ground.ts";
import { makeNewsroom, type Newsroom } from "./newsroom.ts";
import { reckon } from "./reckoning.ts";
import { openScene } from "./scene.ts";
import { steps } from "./steps.ts";

/**
 * Two replicas over a real database, members' workers and sources without their pages, a clock that is moved; the lists of steps are
 * drawn. docs/adr/0019. `npm run test:model` makes more runs, and takes --seed, --path and --replay of a failed one.
 */

// The server's hashes of what browsers have stretched already: slow on purpose, and not what is tried here.
vi.mock("argon2", () => {
  const of = (key: Uint8Array): string => createHash("sha256").update(key).digest("hex");
  return {
    argon2id: 2,
    hash: async (key: Uint8Array) => of(key),
    verify: async (stored: string, key: Uint8Array) => stored === of(key),
    needsRehash: () => false,
  };
});

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

let ground: Ground;
let newsroom: Newsroom;

beforeAll(async () => {
  ground = await startGround();
  newsroom = await makeNewsroom(ground);
}, 600_000);

afterAll(() => ground?.stop());

const oneIn = (count: number): fc.Arbitrary<boolean> =>
  fc.nat(count - 1).map((drawn) => drawn === 0);

const commands = fc.commands(steps, {
  maxCommands: MOST_STEPS,
  size: "max",
  ...(replayPath !== undefined && { replayPath }),
});

const run = fc.asyncProperty(commands, oneIn(3), oneIn(5), async (list, later, watchful) => {
  const scene = await openScene({ ground, ...newsroom, watchful });
  await fc.asyncModelRun(() => ({ model: {}, real: scene }), list);
  await reckon(scene, later);
});

it(
  "nothing readable becomes unreadable, and nothing else readable, whatever is rotated at once or half-way",
  async () => {
    console.log(`model: ${runs} runs, seed ${seed}`);
    const parameters = { numRuns: Number(runs), seed: Number(seed), endOnFailure: quick === "1" };
    await fc.assert(run, { ...parameters, ...(path !== undefined && { path }) });
    expect(ground.faults()).toEqual([]);
  },
  LONGEST_MS,
);
