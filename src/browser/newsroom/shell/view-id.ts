export type ViewId = "inbox" | "people" | "keys" | "settings" | "publish" | "account";
