export type ViewId =
  | "inbox"
  | "people"
  | "keys"
  | "audit"
  | "recovery"
  | "settings"
  | "publish"
  | "account";
