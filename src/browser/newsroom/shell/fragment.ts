import { fromBase64url } from "../../../protocol/public/bytes.ts";
import type { Place } from "./app.ts";

const SECRET_BYTES = 32;

const secretOf = (text: string): Uint8Array | null => {
  try {
    const bytes = fromBase64url(text);
    return bytes.length === SECRET_BYTES ? bytes : null;
  } catch {
    return null;
  }
};

const VOID: Readonly<Record<string, string>> = {
  setup: "setup-link-void",
  join: "invite-void",
  factor: "factor-reset-void",
};

/** A damaged link must not look like no link. */
export const placeOf = (hash: string): Place => {
  const [, kind, text] = /^#(setup|join|factor)=(.*)$/.exec(hash) ?? [];
  if (kind === undefined) return { at: "start" };
  const secret = secretOf(text ?? "");
  if (secret === null) return { at: "stopped", code: VOID[kind] ?? "invite-void" };
  if (kind === "factor") return { at: "factor-reset", secret };
  return kind === "setup" ? { at: "set-up", token: secret } : { at: "join", secret };
};

/** Reads the link's secret and takes it out of the address bar and the history, once and for good. */
export const takeFragment = (): Place => {
  const place = placeOf(location.hash);
  if (location.hash !== "") history.replaceState(null, "", location.pathname);
  return place;
};
