import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { AppName } from "./apps.ts";

/**
 * One file of the site. `path` is the URL path on the app's origin; the bytes stand in
 * `<out>/<app><path>`, with `index.html` added where the path ends in a slash.
 */
export type ManifestEntry = {
  readonly app: AppName;
  readonly path: string;
  readonly wasm: boolean;
  readonly type: string;
  readonly hashed: boolean;
  readonly bytes: number;
  readonly sha256: string;
};

export type SiteFile = Pick<ManifestEntry, "app" | "path" | "type" | "hashed" | "wasm"> & {
  readonly content: Uint8Array;
};

export const sha256 = (content: Uint8Array): string =>
  createHash("sha256").update(content).digest("hex");

/** A name that changes with the bytes, and with nothing else. */
export function hashedPath(name: string, extension: string, content: Uint8Array): string {
  return `/${name}-${sha256(content).slice(0, 12)}.${extension}`;
}

/** Where the bytes of a URL path stand below the app's folder. */
export const diskPath = (path: string): string => (path.endsWith("/") ? `${path}index.html` : path);

function brotli(content: Uint8Array): Uint8Array {
  return brotliCompressSync(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
}

function gzip(content: Uint8Array): Uint8Array {
  const packed = gzipSync(content, { level: 9 });
  packed[9] = 255; // "unknown system", so that every machine writes the same bytes
  return packed;
}

/** Writes the file with its `.br` and `.gz` and tells its line of the manifest. */
export function emit(out: string, file: SiteFile): ManifestEntry {
  const target = join(out, file.app, diskPath(file.path));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, file.content);
  writeFileSync(`${target}.br`, brotli(file.content));
  writeFileSync(`${target}.gz`, gzip(file.content));
  const { app, path, wasm, type, hashed, content } = file;
  return { app, path, wasm, type, hashed, bytes: content.length, sha256: sha256(content) };
}
