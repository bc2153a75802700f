import type { Request } from "express";

/** Who may: the staff room finds sessions, every other room of the newsroom's listener only asks. */
export type StaffSession = {
  /** Under every accepted secret of the server: its row may be moved from one to the other while a request runs. */
  readonly tokenHashes: readonly Uint8Array[];
  readonly accountId: string;
  readonly userName: string;
  readonly role: "admin" | "journalist";
  /** Null until an admin has approved the account. */
  readonly memberNumber: number | null;
};

export type Member = StaffSession & { readonly memberNumber: number };

/** Each throws not-logged-in, session-locked or forbidden; asked before the body is read, it asks once more when that has arrived. */
export type Guards = {
  session(request: Request): Promise<StaffSession>;
  member(request: Request): Promise<Member>;
  admin(request: Request): Promise<Member>;
};
