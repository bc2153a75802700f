import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { longest, type Needle, search } from "./canary.ts";

const pieceBytes = 8 * 1024 * 1024;

type Span = { readonly from: number; readonly to: number };

/** Every part of a process's memory that it can write to: heaps, stacks, buffers, WebAssembly memories. */
const writable = (pid: number): readonly Span[] =>
  readFileSync(`/proc/${pid}/maps`, "utf8")
    .split("\n")
    .map((line) => /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line))
    .filter((match) => match !== null)
    .map(([, from, to]) => ({
      from: Number.parseInt(from ?? "", 16),
      to: Number.parseInt(to ?? "", 16),
    }));

const readPiece = (file: number, into: Buffer, at: number): number => {
  try {
    return readSync(file, into, 0, into.length, at);
  } catch {
    // A mapping may end while we read; what is gone cannot be kept.
    return 0;
  }
};

export type MemoryReport = { readonly found: readonly string[]; readonly bytes: number };

/** Searches all writable memory of a running process, as it stands now. */
export const searchMemory = (pid: number, needles: readonly Needle[]): MemoryReport => {
  const overlap = longest(needles);
  const buffer = Buffer.alloc(pieceBytes + overlap);
  const zeros = Buffer.alloc(buffer.length);
  const found = new Set<string>();
  const file = openSync(`/proc/${pid}/mem`, "r");
  let bytes = 0;
  try {
    for (const { from, to } of writable(pid))
      for (let at = from; at < to; at += pieceBytes) {
        const length = readPiece(file, buffer.subarray(0, Math.min(buffer.length, to - at)), at);
        bytes += length;
        const piece = buffer.subarray(0, length);
        if (piece.equals(zeros.subarray(0, length))) continue;
        for (const name of search(piece, needles)) found.add(name);
      }
  } finally {
    closeSync(file);
  }
  return { found: [...found], bytes };
};
