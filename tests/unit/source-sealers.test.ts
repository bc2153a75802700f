import { describe, expect, it } from "vitest";
import {
  askForSealing,
  ownSealer,
  type Sealer,
  serveSealing,
  shareSealing,
} from "../../src/browser/source/worker/sealers.ts";
import type { UploadId } from "../../src/protocol/public/crypto.ts";
import { CHUNK } from "../../src/protocol/public/limits.ts";
import { openChunk } from "../../src/protocol/secret/chunk.ts";
import type { FileKey } from "../../src/protocol/secret/crypto.ts";
import { realCrypto } from "../support/hostile-bundles.ts";

const crypto = await realCrypto();
const fileOf = (length: number) => ({
  key: crypto.random(32) as FileKey,
  uploadId: crypto.random(16) as UploadId,
  length,
});

describe("a second worker", () => {
  it("seals what the first would have sealed, and gets the bytes without a copy", async () => {
    const { port1, port2 } = new MessageChannel();
    const ready = new Promise<Sealer>((resolve) => askForSealing(port1, resolve));
    serveSealing(crypto, port2);
    const seal = await ready;
    const file = fileOf(CHUNK + 10);
    const bytes = new Uint8Array(CHUNK).fill(7);
    const sealed = await seal(file, { index: 0, bytes });
    expect(bytes.length).toBe(0);
    const opened = openChunk(crypto, file, { index: 0, bytes: sealed });
    expect(opened.length === CHUNK && opened.every((byte) => byte === 7)).toBe(true);
    await expect(seal(file, { index: 1, bytes: new Uint8Array(3) })).rejects.toMatchObject({
      code: "chunk-broken",
    });
    port1.close();
    port2.close();
  });

  it("is asked only while the first is busy", async () => {
    const taken: string[] = [];
    const slow =
      (name: string): Sealer =>
      async (file, chunk) => {
        taken.push(name);
        await new Promise((done) => setTimeout(done, 5));
        return ownSealer(crypto)(file, chunk);
      };
    const sealing = shareSealing(slow("own"));
    sealing.add(slow("helper"));
    const file = fileOf(10);
    const chunk = () => ({ index: 0, bytes: new Uint8Array(10) });
    await sealing.seal(file, chunk());
    await Promise.all([1, 2, 3].map(() => sealing.seal(file, chunk())));
    expect(taken).toEqual(["own", "own", "helper", "own"]);
  });
});
