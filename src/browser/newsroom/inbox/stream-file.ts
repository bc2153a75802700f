import { CodeError } from "../../kit/code-error.ts";
import type { SaveProgress } from "../worker/reading.ts";
import type { Saving } from "./save-file.ts";

/** Hands a file to the browser's downloads through the streaming service worker (`src/browser/streamer`). */

declare const STREAMER: string;

const SCOPE = "/download/";
const STAY_MS = 8_000;
const START_MS = 10_000;

/** Throws no-stream where the browser has no service workers for this page (private windows, plain http). */
const streamer = async (url: string): Promise<ServiceWorker> => {
  let registration: ServiceWorkerRegistration;
  try {
    registration = await navigator.serviceWorker.register(url, { scope: SCOPE });
  } catch {
    throw new CodeError("no-stream");
  }
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  if (worker === null) throw new CodeError("no-stream");
  if (worker.state === "activated") return worker;
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new CodeError("no-stream")), START_MS);
    worker.addEventListener("statechange", () => {
      if (worker.state !== "activated") return;
      clearTimeout(late);
      resolve(worker);
    });
  });
};

const randomId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

/** The answer is an attachment, so that following the link starts a download and the page stays. */
const startDownload = (id: string): void => {
  const link = document.createElement("a");
  link.href = SCOPE + id;
  link.click();
};

export const streamFile = async ({ desk, key, file, told }: Saving): Promise<void> => {
  const worker = await streamer(desk.urls.url(STREAMER));
  const { port1, port2 } = new MessageChannel();
  const id = randomId();
  const staying = setInterval(() => worker.postMessage({ kind: "stay" }), STAY_MS);
  const onProgress = (progress: unknown): void => {
    const step = progress as SaveProgress;
    if (step.kind === "ready") startDownload(id);
    else told(step.bytes);
  };
  const offer = { kind: "offer", id, name: file.name, length: file.size };
  try {
    const saved = desk.keys.saveToStream({ key, port: port1 }, { transfer: [port1], onProgress });
    worker.postMessage(offer, [port2]);
    await saved;
  } finally {
    clearInterval(staying);
  }
};
