import { partCount } from "../../../protocol/public/attachment.ts";
import { base64url } from "../../../protocol/public/bytes.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import type { FileEntry } from "../../../protocol/secret/body.ts";
import { openChunk } from "../../../protocol/secret/chunk.ts";
import { CodeError } from "../../kit/code-error.ts";
import { insist, type Line } from "./reading/clock.ts";
import type { World } from "./world.ts";

/** Decrypts a file part by part: never more of it in memory than the parts in flight. docs/protocol.md §11. */

const IN_FLIGHT = 3;

export type Stop = { readonly signal: AbortSignal };

export type Download = {
  readonly world: World;
  readonly line: Line;
  readonly file: FileEntry;
  readonly signal: AbortSignal;
};

const fetchPart = ({ world, line, file }: Download, index: number): Promise<Uint8Array> =>
  insist(line, () => world.api.bytes(`/api/uploads/${base64url(file.uploadId)}/${index}`));

const checkGoing = (signal: AbortSignal): void => {
  if (signal.aborted) throw new CodeError("stopped");
};

/** In order. Throws chunk-broken, not-found, stopped. */
export async function* openedParts(download: Download): AsyncGenerator<Uint8Array, void, void> {
  const { world, file, signal } = download;
  if (file.partCount !== partCount(file.length)) throw new SealdropError("chunk-broken");
  const flying = new Map<number, Promise<Uint8Array>>();
  const start = (index: number): void => {
    if (index >= file.partCount) return;
    const part = fetchPart(download, index);
    // Its turn to be awaited comes later, or never.
    part.catch(() => undefined);
    flying.set(index, part);
  };
  for (let index = 0; index < IN_FLIGHT; index++) start(index);
  for (let index = 0; index < file.partCount; index++) {
    const sealed = await flying.get(index);
    flying.delete(index);
    checkGoing(signal);
    start(index + IN_FLIGHT);
    if (sealed === undefined) throw new SealdropError("chunk-broken");
    const bytes = openChunk(world.crypto, file, { index, bytes: sealed });
    // A small file's padding may fill whole parts that hold nothing of it.
    if (bytes.length > 0) yield bytes;
  }
}

/** Tells how many bytes are done. */
export type Told = (done: number) => void;

/** The part of a file handle that is used: also what a browser's save picker gives. */
export type SaveHandle = {
  createWritable(): Promise<{
    write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
    close(): Promise<void>;
    abort(): Promise<void>;
  }>;
};

export const saveToHandle = async (
  download: Download,
  handle: SaveHandle,
  told: Told,
): Promise<void> => {
  const target = await handle.createWritable();
  try {
    let done = 0;
    for await (const bytes of openedParts(download)) {
      await target.write(bytes as Uint8Array<ArrayBuffer>);
      done += bytes.length;
      told(done);
    }
    await target.close();
  } catch (error) {
    await target.abort().catch(() => undefined);
    throw error;
  }
};

/** All of it in memory, or wherever the browser keeps blobs. */
export const saveToBlob = async (download: Download, told: Told): Promise<Blob> => {
  const pieces: Blob[] = [];
  let done = 0;
  for await (const bytes of openedParts(download)) {
    pieces.push(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    done += bytes.length;
    told(done);
  }
  return new Blob(pieces, { type: "application/octet-stream" });
};

/** What the streaming service worker and this side say to each other, over a channel of their own. */
type FromStreamer = { readonly kind: "ready" | "pull" | "cancel" };

/**
 * Hands the file to the service worker piece by piece, each when it asks. `ready` is told once it has taken the offer, so that the page
 * can ask the browser to download.
 */
export const saveToStream = async (
  download: Download,
  port: MessagePort,
  { told, ready }: { readonly told: Told; readonly ready: () => void },
): Promise<void> => {
  const parts = openedParts(download);
  let done = 0;
  const answer = async (): Promise<boolean> => {
    const next = await parts.next();
    if (next.done === true) {
      port.postMessage({ kind: "end" });
      return true;
    }
    const bytes = next.value.slice();
    done += bytes.length;
    port.postMessage({ kind: "chunk", bytes }, [bytes.buffer]);
    told(done);
    return false;
  };
  await new Promise<void>((resolve, reject) => {
    const fail = (error: unknown): void => {
      port.postMessage({ kind: "fail" });
      reject(error);
    };
    download.signal.addEventListener("abort", () => fail(new CodeError("stopped")));
    port.onmessage = ({ data }: MessageEvent<FromStreamer>) => {
      if (data.kind === "ready") ready();
      else if (data.kind === "cancel") reject(new CodeError("stopped"));
      else answer().then((ended) => (ended ? resolve() : undefined), fail);
    };
  }).finally(() => {
    port.close();
    void parts.return();
  });
};
