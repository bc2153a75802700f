import type { Request } from "express";
import { SealdropError } from "../../protocol/public/errors.ts";
import { checkAfterBody } from "../http/after-body.ts";
import type { Guards, Member, StaffSession } from "../http/guards.ts";
import { readCookie } from "./cookie.ts";
import type { FoundSession, Sessions } from "./sessions.ts";

export type StaffGuards = Guards & {
  /** Also a locked one: for unlocking and leaving. Throws not-logged-in. */
  anySession(request: Request): Promise<FoundSession>;
};

const memberOf = (session: StaffSession): Member => {
  const { memberNumber } = session;
  if (memberNumber === null) throw new SealdropError("forbidden");
  return { ...session, memberNumber };
};

type Ask<Who> = (request: Request) => Promise<Who>;

/** The session may be ended, or the role taken, while the body is on its way. */
const alsoAfterBody =
  <Who>(ask: Ask<Who>): Ask<Who> =>
  async (request) => {
    const who = await ask(request);
    checkAfterBody(request, () => ask(request));
    return who;
  };

export const createGuards = (sessions: Sessions): StaffGuards => {
  const anySession = async (request: Request): Promise<FoundSession> => {
    const token = readCookie(request);
    const background = request.headers["x-sealdrop-background"] === "1";
    const found = token === null ? null : await sessions.find(token, background);
    if (found === null) throw new SealdropError("not-logged-in");
    return found;
  };

  const session = async (request: Request): Promise<StaffSession> => {
    const found = await anySession(request);
    if (found.locked) throw new SealdropError("session-locked");
    return found;
  };

  const member = async (request: Request): Promise<Member> => memberOf(await session(request));

  const admin = async (request: Request): Promise<Member> => {
    const found = await member(request);
    if (found.role !== "admin") throw new SealdropError("forbidden");
    return found;
  };

  return {
    anySession: alsoAfterBody(anySession),
    session: alsoAfterBody(session),
    member: alsoAfterBody(member),
    admin: alsoAfterBody(admin),
  };
};
