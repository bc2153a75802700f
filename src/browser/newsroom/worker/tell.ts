import { overviewOf } from "./overview.ts";
import type { Session } from "./session.ts";

/** Gives the page the state line and the warnings as they are now. */
export const tell = (session: Session): void =>
  session.emit({ kind: "overview", overview: overviewOf(session) });
