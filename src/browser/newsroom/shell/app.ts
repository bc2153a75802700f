import type { Me } from "../../../protocol/public/staff-api.ts";
import type { ScriptUrls } from "../../kit/script-url.ts";
import type { Text } from "../../kit/text.ts";
import type { Remote } from "../../kit/worker-rpc.ts";
import type { StrengthWorker } from "../strength/main.ts";
import type { NewsroomEvent } from "../worker/events.ts";
import type { NewsroomWorker } from "../worker/main.ts";
import type { ViewId } from "./view-id.ts";

/** The worker's functions as the page calls them; every private key is on the other side. */
export type Keys = Remote<NewsroomWorker>;
export type Strength = Remote<StrengthWorker>;

/** Where a person stands; `app.go` shows the screen of that place. */
export type Place =
  | { readonly at: "start" }
  | { readonly at: "login"; readonly notice?: string }
  | { readonly at: "unlock"; readonly userName: string; readonly notice?: string }
  | { readonly at: "recover"; readonly userName?: string; readonly words?: readonly string[] }
  /** Passphrase and words are gone: only colleagues can help. */
  | { readonly at: "lost" }
  | { readonly at: "set-up"; readonly token: Uint8Array }
  | { readonly at: "join"; readonly secret: Uint8Array }
  | { readonly at: "factor-reset"; readonly secret: Uint8Array }
  | { readonly at: "waiting"; readonly me: Me }
  /** `said`: what has just worked, on another screen. */
  | { readonly at: "desk"; readonly me: Me; readonly view?: ViewId; readonly said?: string }
  | { readonly at: "stopped"; readonly code: string };

export type App = {
  readonly text: Text;
  readonly urls: ScriptUrls;
  /** Starts the worker at the first call; after `dropKeys` a new, empty one. */
  keys(): Keys;
  /** Ends the worker and with it every key and every decrypted text it held. */
  dropKeys(): void;
  strength(): Strength;
  /** One listener at a time: the desk that is shown. */
  listen(listener: (event: NewsroomEvent) => void): void;
  /** Puts a fresh copy of a template's element into the page, alone, and its heading in focus. */
  show(templateId: string): HTMLElement;
  go(place: Place): void;
};

/** What an error code means in words; unknown codes get the general sentence. */
export const troubleText = (text: Text, code: string): string => {
  const key = `error.${code}`;
  const found = text.t(key);
  return found === key ? text.t("error.failed") : found;
};
