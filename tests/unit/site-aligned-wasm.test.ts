import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { UnknownWasm, withAlignedWasm } from "../../src/site/aligned-wasm.ts";

const root = resolve(import.meta.dirname, "../..");
const original = (path: string): string =>
  readFileSync(resolve(root, "node_modules", path), "utf8");

const wasmOf = (source: string, pattern: RegExp, encoding: BufferEncoding): Buffer =>
  Buffer.from(pattern.exec(source)?.[1] ?? "", encoding);

describe("libsodium's WebAssembly", () => {
  it.each([
    "libsodium/dist/modules-esm/libsodium.mjs",
    "libsodium-sumo/dist/modules-sumo-esm/libsodium-sumo.mjs",
  ])("has the same bytes after it was spelt in hexadecimal: %s", (path) => {
    const source = original(path);
    const changed = withAlignedWasm(source);
    const before = wasmOf(source, /"(AGFzbQ[^"]+)"/, "base64");
    const after = wasmOf(changed, /"(0061736d[0-9a-f]+)"/, "hex");
    expect(before.length).toBeGreaterThan(200_000);
    expect(after.equals(before)).toBe(true);
  });

  it("is decoded to those bytes by the loop that was put in", () => {
    const source = original("libsodium/dist/modules-esm/libsodium.mjs");
    const changed = withAlignedWasm(source);
    const [loop = ""] = /\(h=>\{const d[^}]*\}[^}]*\}\)\("[0-9a-f]+"\)/.exec(changed) ?? [];
    const decoded = new Function(`return ${loop}`)() as Uint8Array;
    const before = wasmOf(source, /"(AGFzbQ[^"]+)"/, "base64");
    expect(before.equals(decoded)).toBe(true);
  });

  it("is left to a person when the library looks different", () => {
    expect(() => withAlignedWasm('const wasm = "AGFzbQEAAAA=";')).toThrow(UnknownWasm);
  });
});
