import type { Carry } from "./worker-client.ts";

/** Something happens, once, after somebody has proven who they are and before their vault is read. */
export const beforeVault = (between: () => Promise<unknown>): Carry => {
  let begun: Promise<unknown> | null = null;
  return async ({ path }, ask) => {
    if (path === "/api/vault") {
      begun ??= between();
      await begun;
    }
    return ask();
  };
};
