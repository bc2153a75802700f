export type ViewId =
  | "inbox"
  | "people"
  | "keys"
  | "audit"
  | "recovery"
  | "settings"
  | "publish"
  | "account";

/** A part of a view that may be led to: whose title has this role. */
export type ViewPart = "lasting-title";
