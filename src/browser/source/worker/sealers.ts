import { type ChunkText, type FileToSeal, sealChunk } from "../../../protocol/secret/chunk.ts";
import type { SecretCrypto } from "../../../protocol/secret/crypto.ts";
import { CodeError } from "../../kit/code-error.ts";

/**
 * Without WebAssembly a thread seals about 1 MiB a second, so a second worker seals every other
 * part. Keys stay within the page: the two workers speak over a channel of their own.
 */
export type Sealer = (file: FileToSeal, chunk: ChunkText) => Promise<Uint8Array>;

type Question = { readonly id: number; readonly file: FileToSeal; readonly chunk: ChunkText };
type Answer =
  | { readonly kind: "ready" }
  | { readonly kind: "sealed"; readonly id: number; readonly sealed: Uint8Array | null };

export const ownSealer =
  (crypto: SecretCrypto): Sealer =>
  async (file, chunk) =>
    sealChunk(crypto, file, chunk);

const buffersOf = (bytes: Uint8Array): Transferable[] => [bytes.buffer as ArrayBuffer];

/** The helper's side. */
export function serveSealing(crypto: SecretCrypto, port: MessagePort): void {
  const post = (answer: Answer, transfer: Transferable[] = []): void =>
    port.postMessage(answer, transfer);
  port.onmessage = (event: MessageEvent<Question>) => {
    const { id, file, chunk } = event.data;
    const sealed = sealOrNull(crypto, file, chunk);
    chunk.bytes.fill(0);
    crypto.wipe(file.key);
    post({ kind: "sealed", id, sealed }, sealed === null ? [] : buffersOf(sealed));
  };
  post({ kind: "ready" });
}

function sealOrNull(crypto: SecretCrypto, file: FileToSeal, chunk: ChunkText): Uint8Array | null {
  try {
    return sealChunk(crypto, file, chunk);
  } catch {
    return null;
  }
}

/** Hands chunks over a port; `onReady` once somebody is there, so that nothing waits in vain. */
export function askForSealing(port: MessagePort, onReady: (sealer: Sealer) => void): void {
  const waiting = new Map<number, (sealed: Uint8Array | null) => void>();
  let next = 1;
  const sealer: Sealer = (file, chunk) =>
    new Promise((resolve, reject) => {
      const question: Question = { id: next, file, chunk };
      next += 1;
      waiting.set(question.id, (sealed) => {
        if (sealed === null) reject(new CodeError("chunk-broken"));
        else resolve(sealed);
      });
      port.postMessage(question, buffersOf(chunk.bytes));
    });
  port.onmessage = (event: MessageEvent<Answer>) => {
    const answer = event.data;
    if (answer.kind === "ready") {
      onReady(sealer);
      return;
    }
    waiting.get(answer.id)?.(answer.sealed);
    waiting.delete(answer.id);
  };
}

/** The least busy of several sealers takes the next chunk. */
export function shareSealing(first: Sealer): {
  readonly seal: Sealer;
  readonly add: (sealer: Sealer) => void;
} {
  const hands = [{ sealer: first, busy: 0 }];
  return {
    add: (sealer) => hands.push({ sealer, busy: 0 }),
    seal: async (file, chunk) => {
      const [hand] = hands.toSorted((a, b) => a.busy - b.busy);
      if (hand === undefined) throw new CodeError("failed");
      hand.busy += 1;
      try {
        return await hand.sealer(file, chunk);
      } finally {
        hand.busy -= 1;
      }
    },
  };
}
