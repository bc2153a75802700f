import pg from "pg";
import { vi } from "vitest";
import type { Answer } from "./staff.ts";

/** Every statement the process sends while `act` runs, without its values, beside what it answers. */
export const statementsOf = async (act: () => Promise<Answer>) => {
  const statements: string[] = [];
  const real = pg.Client.prototype.query;
  const counted = function (this: pg.Client, ...args: readonly unknown[]): unknown {
    const [first] = args as [string | { readonly text: string }];
    statements.push(typeof first === "string" ? first : first.text);
    return Reflect.apply(real, this, args);
  };
  const spy = vi.spyOn(pg.Client.prototype, "query").mockImplementation(counted as typeof real);
  const { status, body, headers } = await act();
  spy.mockRestore();
  return { status, body, length: headers["content-length"], statements };
};
