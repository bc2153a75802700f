import { createHash, randomBytes } from "node:crypto";
import { TARGET_HASH_COST } from "../../src/browser/newsroom/worker/new-account.ts";
import { staffLimits } from "../../src/protocol/public/staff-api.ts";
import type { PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import type { HashCost } from "../../src/protocol/secret/passphrase.ts";
import type { Argon2 } from "../../src/server/http/world.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { keepTables } from "../support/set-back.ts";
import { sumo } from "../vectors/backends.ts";

/** Two replicas over one real database whose first state can be had back in milliseconds. */
export type Ground = {
  readonly replicas: readonly [TestServer, TestServer];
  /** By the first replica's clock, which is also that of all browsers. */
  nowMs(): number;
  /** By the clock that is behind, and by the one that is ahead. */
  bothMs(): readonly [number, number];
  moveHours(hours: number): void;
  /** How far the second replica's clock is ahead of the first one's. */
  drift(seconds: number): void;
  /** What pages opened from now on ask of a passphrase: a release may ask more than the one before. */
  hashCost(): HashCost;
  raiseHashCost(): void;
  /** Starts a replica with the next step of a new secret, unless it would be two steps ahead of the other. */
  rollSecret(replica: 0 | 1): Promise<void>;
  /** What it is now is what `restore` brings back. */
  keep(): Promise<void>;
  restore(): Promise<void>;
  /** Lines that no run may leave behind: the server logs faults only. */
  faults(): readonly string[];
  stop(): Promise<void>;
};

/** A day in the middle of a period. */
export const START = new Date("2026-11-22T12:00:00Z");

/**
 * Stands in for Argon2id, which is made to be slow: as different for every input, and at once. What is tried here is what happens to keys,
 * not how dear a guess is.
 */
const quickStretch: PassphraseCrypto["argon2id"] = ({
  passphrase,
  salt,
  memoryKiB,
  passes,
  length,
}) =>
  new Uint8Array(
    createHash("sha512").update(passphrase).update(salt).update(`${memoryKiB} ${passes}`).digest(),
  ).slice(0, length);

export const quickSumo: PassphraseCrypto = { ...sumo, argon2id: quickStretch };

/** The server's hashes of what browsers have stretched already: slow on purpose too. */
const quickArgon2: Argon2 = {
  hash: async (secret) => createHash("sha256").update(secret).digest("hex"),
  verify: async (stored, secret) => stored === createHash("sha256").update(secret).digest("hex"),
  needsRehash: () => false,
};

/** What a server is started with, from one secret to the next. docs/adr/0014. */
const secretsAt = (step: number, [old, fresh]: readonly [string, string]) =>
  [
    { secret: old, secretNext: null, secretPrevious: null },
    { secret: old, secretNext: fresh, secretPrevious: null },
    { secret: fresh, secretNext: null, secretPrevious: old },
    { secret: fresh, secretNext: null, secretPrevious: null },
  ][step];

const LAST_STEP = 3;

/** The operator does what the server says: not before nothing stands under the old secret. */
const isNeeded = async ({ secretChange }: TestServer): Promise<boolean> =>
  (await secretChange.run()).previousNeeded !== false;

export const startGround = async (): Promise<Ground> => {
  const config = { logLevel: "error", databaseConnections: 6 } as const;
  const first = await startTestServer({ now: START, config, argon2: quickArgon2 });
  const second = await startTestServer({ now: START, config, beside: first, argon2: quickArgon2 });
  const replicas = [first, second] as const;
  const nowMs = (): number => first.world.now().getTime();
  let bringBack = "";
  let keptMs = nowMs();
  const secret = first.config.secret ?? "";
  const bothSecrets = [secret, randomBytes(32).toString("hex")] as const;
  const secretSteps: [number, number] = [0, 0];
  let hashCost = TARGET_HASH_COST;
  const drift = (seconds: number): void =>
    second.moveSeconds(seconds - (second.world.now().getTime() - nowMs()) / 1_000);
  const moveSeconds = (seconds: number): void => {
    for (const replica of replicas) replica.moveSeconds(seconds);
  };
  return {
    replicas,
    nowMs,
    bothMs: () => {
      const times = replicas.map(({ world }) => world.now().getTime());
      return [Math.min(...times), Math.max(...times)];
    },
    drift,
    hashCost: () => hashCost,
    raiseHashCost: () => {
      const passes = Math.min(staffLimits.passes.max, hashCost.passes + 1);
      hashCost = { ...hashCost, passes };
    },
    moveHours: (hours) => moveSeconds(hours * 3_600),
    rollSecret: async (replica) => {
      const server = replicas[replica];
      const step = secretSteps[replica];
      const other = secretSteps[replica === 0 ? 1 : 0];
      if (step === LAST_STEP || step > other) return;
      if (step === LAST_STEP - 1 && (await isNeeded(server))) return;
      secretSteps[replica] = step + 1;
      await server.startAnew(secretsAt(step + 1, bothSecrets));
      await server.secretChange.run();
    },
    keep: async () => {
      bringBack = await keepTables(first.pool);
      keptMs = nowMs();
    },
    restore: async () => {
      await first.pool.query(bringBack);
      moveSeconds((keptMs - nowMs()) / 1_000);
      drift(0);
      secretSteps.fill(0);
      hashCost = TARGET_HASH_COST;
      for (const replica of replicas) await replica.startAnew(secretsAt(0, bothSecrets));
    },
    faults: () => replicas.flatMap(({ logLines }) => logLines),
    stop: async () => {
      await second.stop();
      await first.stop();
    },
  };
};
