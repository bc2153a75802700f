import type { Request } from "express";
import { SealdropError } from "../../protocol/public/errors.ts";
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

  return {
    anySession,
    session,
    member: async (request) => memberOf(await session(request)),
    admin: async (request) => {
      const found = memberOf(await session(request));
      if (found.role !== "admin") throw new SealdropError("forbidden");
      return found;
    },
  };
};
