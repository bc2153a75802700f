import type { Records } from "../../src/browser/newsroom/worker/vault.ts";

/** Vault records in memory. */
export const paperRecords = (given: ReadonlyMap<string, Uint8Array> = new Map()): Records => {
  const held = new Map(given);
  let version = 1;
  return {
    get: (id) => held.get(id) ?? null,
    ids: () => [...held.keys()],
    all: () => held,
    change: async (plan) => {
      const change = plan(held);
      for (const [id, bytes] of change?.put ?? []) held.set(id, bytes);
      for (const id of change?.remove ?? []) held.delete(id);
      version += 1;
    },
    version: () => version,
    alone: (work) => work(),
    stamp: () => ({ version, hash: new Uint8Array(32) }),
    rewrap: () => {
      throw new Error("no vault");
    },
    wrapFor: () => {
      throw new Error("no vault");
    },
    reload: async () => undefined,
  };
};
