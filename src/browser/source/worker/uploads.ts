import { partCount } from "../../../protocol/public/attachment.ts";
import { base64url } from "../../../protocol/public/bytes.ts";
import type { UploadId } from "../../../protocol/public/crypto.ts";
import { ID, MAX_FILE, MAX_FILE_NAME, MAX_FILE_TYPE } from "../../../protocol/public/limits.ts";
import type { UploadClaim } from "../../../protocol/public/message-post.ts";
import type { FileEntry } from "../../../protocol/secret/body.ts";
import { chunkRange } from "../../../protocol/secret/chunk.ts";
import type { FileKey, SecretCrypto } from "../../../protocol/secret/crypto.ts";
import { CodeError, codeOf } from "../../kit/code-error.ts";
import type { FileProgress, FileStart } from "./api.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Sealer } from "./sealers.ts";

/** Files on their way: each is sealed chunk by chunk and stored as parts, several at once. */
export type Uploads = {
  /** Ends when every part is stored; throws the reason when the file is refused or removed. */
  readonly add: (start: FileStart, onProgress: (progress: FileProgress) => void) => Promise<void>;
  readonly remove: (id: number) => Promise<void>;
  /** Entries for the body, in this order; throws "upload-missing" for one that is not stored. */
  readonly entries: (ids: readonly number[]) => readonly FileEntry[];
  readonly clear: () => void;
};

export type UploadWorld = {
  readonly crypto: SecretCrypto;
  readonly mailbox: () => Mailbox;
  readonly seal: Sealer;
};

/** Four at once keep a slow line full; more only cost memory. */
const lanesAtOnce = 4;

type Upload = {
  readonly id: number;
  readonly file: File;
  readonly uploadId: UploadId;
  readonly key: FileKey;
  readonly parts: number;
  readonly stop: AbortController;
  readonly onProgress: (progress: FileProgress) => void;
  readonly settle: { readonly done: () => void; readonly failed: (error: CodeError) => void };
  next: number;
  stored: number;
};

type Ending = { readonly upload: Upload; readonly code: string };

type Lanes = { readonly uploads: Map<number, Upload>; busy: number };

async function readPart(upload: Upload, index: number): Promise<Uint8Array> {
  const range = chunkRange(upload.file.size, index);
  try {
    return new Uint8Array(await upload.file.slice(range.from, range.to).arrayBuffer());
  } catch {
    // moved, changed or deleted since it was chosen
    throw new CodeError("file-unreadable");
  }
}

async function storePart(world: UploadWorld, upload: Upload, index: number): Promise<void> {
  const bytes = await readPart(upload, index);
  // Its key is gone: nothing may be sealed with what is left of it.
  if (upload.stop.signal.aborted) throw new CodeError("stopped");
  const file = { key: upload.key, uploadId: upload.uploadId, length: upload.file.size };
  const sealed = await world.seal(file, { index, bytes });
  bytes.fill(0);
  await world.mailbox().request(`/api/uploads/${base64url(upload.uploadId)}/${index}`, {
    method: "PUT",
    body: sealed,
    headers: { "x-part-count": String(upload.parts) },
    repeat: true,
    signal: upload.stop.signal,
  });
}

const cut = (text: string, most: number): string => Array.from(text).slice(0, most).join("");

function entryOf(upload: Upload): FileEntry {
  return {
    uploadId: upload.uploadId,
    key: upload.key,
    name: cut(upload.file.name, MAX_FILE_NAME),
    type: cut(upload.file.type, MAX_FILE_TYPE),
    length: upload.file.size,
    partCount: upload.parts,
    cleaned: 0,
  };
}

export const claimOf = (entry: FileEntry): UploadClaim => ({
  uploadId: entry.uploadId,
  partCount: entry.partCount,
});

/** A part that is sealed already stops at the line. */
function end(world: UploadWorld, lanes: Lanes, { upload, code }: Ending): void {
  if (lanes.uploads.get(upload.id) !== upload) return;
  lanes.uploads.delete(upload.id);
  upload.stop.abort();
  world.crypto.wipe(upload.key);
  upload.settle.failed(new CodeError(code));
}

function advance(upload: Upload): void {
  upload.stored += 1;
  upload.onProgress({ stored: upload.stored, parts: upload.parts });
  if (upload.stored === upload.parts) upload.settle.done();
}

const nextUpload = (lanes: Lanes): Upload | undefined =>
  [...lanes.uploads.values()].find((upload) => upload.next < upload.parts);

async function runLane(world: UploadWorld, lanes: Lanes): Promise<void> {
  for (let upload = nextUpload(lanes); upload !== undefined; upload = nextUpload(lanes)) {
    const index = upload.next;
    upload.next += 1;
    try {
      await storePart(world, upload, index);
      advance(upload);
    } catch (error) {
      end(world, lanes, { upload, code: codeOf(error) });
    }
  }
}

function fillLanes(world: UploadWorld, lanes: Lanes): void {
  while (lanes.busy < lanesAtOnce && nextUpload(lanes) !== undefined) {
    lanes.busy += 1;
    void runLane(world, lanes).finally(() => {
      lanes.busy -= 1;
    });
  }
}

function startUpload(
  crypto: SecretCrypto,
  start: FileStart,
  rest: Pick<Upload, "onProgress" | "settle">,
): Upload {
  return {
    ...rest,
    id: start.id,
    file: start.file,
    uploadId: crypto.random(ID) as UploadId,
    key: crypto.random(32) as FileKey,
    parts: partCount(start.file.size),
    stop: new AbortController(),
    next: 0,
    stored: 0,
  };
}

async function removeUpload(world: UploadWorld, lanes: Lanes, id: number): Promise<void> {
  const upload = lanes.uploads.get(id);
  if (upload === undefined) return;
  end(world, lanes, { upload, code: "file-removed" });
  const path = `/api/uploads/${base64url(upload.uploadId)}`;
  await world.mailbox().request(path, { method: "DELETE", repeat: true });
}

export function createUploads(world: UploadWorld): Uploads {
  const lanes: Lanes = { uploads: new Map(), busy: 0 };
  return {
    add: (start, onProgress) =>
      new Promise((done, failed) => {
        if (start.file.size > MAX_FILE) {
          failed(new CodeError("file-too-large"));
          return;
        }
        const upload = startUpload(world.crypto, start, { onProgress, settle: { done, failed } });
        lanes.uploads.set(start.id, upload);
        fillLanes(world, lanes);
      }),
    remove: (id) => removeUpload(world, lanes, id),
    entries: (ids) =>
      ids.map((id) => {
        const upload = lanes.uploads.get(id);
        if (upload === undefined || upload.stored < upload.parts) {
          throw new CodeError("upload-missing");
        }
        return entryOf(upload);
      }),
    clear: () => {
      for (const upload of [...lanes.uploads.values()]) {
        end(world, lanes, { upload, code: "stopped" });
      }
    },
  };
}
