import { loadPublicNoble } from "../../src/protocol/public/backend-noble.ts";
import { loadPublicSodium } from "../../src/protocol/public/backend-sodium.ts";
import { openBundle, parseBundle } from "../../src/protocol/public/bundle.ts";
import { fromBase64url } from "../../src/protocol/public/bytes.ts";
import { logNameOf, openCheckpoint } from "../../src/protocol/public/log-checkpoint.ts";
import { isProven, parseEvidence } from "../../src/protocol/public/log-evidence.ts";
import { isConsistent } from "../../src/protocol/public/log-proof.ts";
import { recipientsOn } from "../../src/protocol/public/messaging-key.ts";

/** Runs in a browser: fetches evidence as a member's worker does, verifies all of it, and says in the title how long that took. */

const random = (length: number): Uint8Array =>
  globalThis.crypto.getRandomValues(new Uint8Array(length));

const asked = new URLSearchParams(location.search);
const loaded =
  asked.get("backend") === "noble" ? await loadPublicNoble(random) : await loadPublicSodium(random);
if (!loaded.ok) throw new Error(loaded.code);
const { crypto } = loaded;
const response = await fetch(asked.get("url") ?? "", { credentials: "omit", cache: "no-store" });
const bytes = new Uint8Array(await response.arrayBuffer());
const older = { size: Number(asked.get("size")), root: fromBase64url(asked.get("root") ?? "") };

const from = performance.now();
const evidence = parseEvidence(bytes);
const bundle = parseBundle(evidence.bundle);
const { newsroomId, roster } = openBundle(crypto, bundle);
const log = { name: logNameOf(newsroomId), key: evidence.logKey };
const head = openCheckpoint(crypto, evidence.checkpoint, log);
const today = Number(asked.get("today"));
const { recipients } = recipientsOn(crypto, bundle.messagingKeys, { roster, today });
const holds =
  isProven(crypto, evidence, head) &&
  isConsistent(crypto, [older, head], evidence.consistency) &&
  recipients.length === 10 &&
  recipients.every(({ messaging }) => messaging !== null);
const ms = performance.now() - from;
document.title = JSON.stringify({ holds, ms });
