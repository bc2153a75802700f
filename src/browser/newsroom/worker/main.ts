import { SealdropError } from "../../../protocol/public/errors.ts";
import type { Me } from "../../../protocol/public/staff-api.ts";
import { loadSumo } from "../../../protocol/secret/backend-sumo.ts";
import type { PassphraseCrypto } from "../../../protocol/secret/crypto.ts";
import { codeOf } from "../../kit/code-error.ts";
import { browserWorld, createHttp } from "../../kit/http.ts";
import { emitEvent, serveCalls } from "../../kit/worker-rpc.ts";
import { createApi } from "./api.ts";
import { browserStore } from "./browser-store.ts";
import type { NewsroomEvent } from "./events.ts";
import { TARGET_HASH_COST } from "./new-account.ts";
import { fetchNewsroom } from "./newsroom.ts";
import { roomsOf } from "./rooms.ts";
import { createSession, type Session } from "./session.ts";

/** The only place that makes a world here: libsodium with the platform's randomness, HTTP, this browser's storage. */

const random = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  // The platform gives at most 64 KiB at a time.
  for (let at = 0; at < length; at += 65_536) {
    globalThis.crypto.getRandomValues(bytes.subarray(at, Math.min(length, at + 65_536)));
  }
  return bytes;
};

const loading = loadSumo(random);

const OUTSIDE_MS = 20_000;
const outside = createHttp(browserWorld("omit"));

const session = createSession({
  crypto: async (): Promise<PassphraseCrypto> => {
    const loaded = await loading;
    if (!loaded.ok) throw new SealdropError(loaded.code);
    return loaded.crypto;
  },
  api: createApi(createHttp(browserWorld("same-origin"))),
  store: browserStore(),
  askOutside: (url) => outside.bytes(url, { signal: AbortSignal.timeout(OUTSIDE_MS) }),
  hashCost: TARGET_HASH_COST,
  now: () => Date.now(),
  repeat: (milliseconds, work) => {
    setInterval(work, milliseconds);
  },
  emit: (event: NewsroomEvent) => emitEvent(event),
});

/** Where a page that has just opened stands. */
export type Arrival =
  | { readonly at: "not-set-up" }
  | { readonly at: "login" }
  | { readonly at: "locked" }
  | { readonly at: "session"; readonly me: Me };

const whereAmI = async ({ api }: Session): Promise<Arrival> => {
  try {
    return { at: "session", me: await api.call("me", null, { background: true }) };
  } catch (error) {
    if (codeOf(error) === "session-locked") return { at: "locked" };
    if (codeOf(error) === "not-logged-in") return { at: "login" };
    throw error;
  }
};

const functions = {
  /** Loads the crypto and asks the server. Throws no-webassembly and its like, or "offline". */
  arrive: async (): Promise<Arrival> => {
    const crypto = await session.crypto();
    try {
      await fetchNewsroom(crypto, session.api);
    } catch (error) {
      if (codeOf(error) === "not-set-up") return { at: "not-set-up" };
      throw error;
    }
    return whereAmI(session);
  },
  ...roomsOf(session),
};

export type NewsroomWorker = typeof functions;

serveCalls(functions);
