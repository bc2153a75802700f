import { describe, expect, it } from "vitest";
import { CodeError } from "../../src/browser/kit/code-error.ts";
import type { Http } from "../../src/browser/kit/http.ts";
import { createSourceCalls } from "../../src/browser/source/worker/serve.ts";
import { encodeMailboxAnswer } from "../../src/protocol/public/block.ts";
import { encodeBundle } from "../../src/protocol/public/bundle.ts";
import { encodeChallenge, makeChallenge } from "../../src/protocol/public/mailbox.ts";
import { codenameWords } from "../../src/protocol/secret/codename.ts";
import { honestStage, realCrypto } from "../support/hostile-bundles.ts";

const real = await realCrypto();
const nowMs = Date.UTC(2026, 10, 22, 12);
const stage = honestStage(real, nowMs);

type Asked = (path: string) => Promise<Uint8Array>;

/** The source's worker with its own crypto, over a line that answers as the test says, and every lasting secret it has made. */
const startWorker = async (answers: Asked) => {
  const used = new Set<Uint8Array>();
  const noted = <Key extends Uint8Array>(key: Key): Key => {
    used.add(key);
    return key;
  };
  const crypto: typeof real = {
    ...real,
    x25519PublicKey: (key) => real.x25519PublicKey(noted(key)),
    kemPublicKey: (seed) => real.kemPublicKey(noted(seed)),
    // Keys of files and of contents; ids are shorter.
    random: (length) => (length === 32 ? noted(real.random(length)) : real.random(length)),
  };
  const http: Http = {
    json: () => Promise.reject(new CodeError("failed")),
    bytes: (path) => {
      if (path === "/api/mailbox/challenge") {
        return Promise.resolve(
          encodeChallenge(makeChallenge(real, real.random(32), 2_000_000_000)),
        );
      }
      return path === "/api/mailbox/token" ? Promise.resolve(real.random(52)) : answers(path);
    },
  };
  const calls = createSourceCalls(crypto, http);
  await calls.openNewsroom({ bundle: encodeBundle(stage.honest), fingerprint: null, nowMs });
  const left = (): number => [...used].filter((key) => key.some((byte) => byte !== 0)).length;
  return { calls, left, count: () => used.size };
};

const context = { progress: () => undefined, transfer: () => undefined };
const never = (): Promise<Uint8Array> => new Promise(() => undefined);
const file = () => ({ place: "tip" as const, id: 1, file: new File(["a secret"], "a.txt") });
const words = (): string => codenameWords(real.random(16)).join(" ");
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("keys in the source's worker are overwritten", () => {
  it("when the page is left while a file is on its way", async () => {
    const worker = await startWorker(never);
    worker.calls.addFile(file(), context).catch(() => undefined);
    while (worker.count() < 4) await turn();
    expect(worker.left()).toBe(4);
    await worker.calls.wipe(null);
    expect(worker.left()).toBe(0);
  });

  it("when the server refuses a file", async () => {
    const worker = await startWorker(() => Promise.reject(new CodeError("no-room-for-files")));
    await expect(worker.calls.addFile(file(), context)).rejects.toThrow("no-room-for-files");
    // Those of the mailbox stay: the words can still be sent.
    expect(worker.left()).toBe(3);
  });

  it("when the page is left while a codename is looked up", async () => {
    const worker = await startWorker(never);
    worker.calls.comeBack(words()).catch(() => undefined);
    while (worker.count() < 3) await turn();
    await worker.calls.wipe(null);
    expect(worker.left()).toBe(0);
  });

  it("when a codename opens nothing", async () => {
    const empty = encodeMailboxAnswer({ rows: [], more: false });
    const worker = await startWorker(() => Promise.resolve(empty));
    await expect(worker.calls.comeBack(words())).rejects.toThrow("nothing-found");
    expect([worker.count(), worker.left()]).toEqual([3, 0]);
  });

  it("when a tip with a file was sent", async () => {
    const worker = await startWorker(() => Promise.resolve(new Uint8Array()));
    await worker.calls.addFile(file(), context);
    await worker.calls.send({
      place: "tip",
      text: "Sent.",
      readers: [1, 2],
      reRead: false,
      files: [1],
      nowMs,
    });
    expect(worker.left()).toBe(0);
  });
});
