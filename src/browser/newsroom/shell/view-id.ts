export type ViewId = "inbox" | "people" | "keys" | "audit" | "settings" | "publish" | "account";
