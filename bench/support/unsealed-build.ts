import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSite } from "../../src/site/build.ts";
import { ROOT } from "./service.ts";

/**
 * A copy of the built clone whose source page uploads with the same worker, part size and parallelism, but seals nothing: the
 * baseline that sealing is measured against. Lives in a temporary folder and is served nowhere else.
 */
export type UnsealedBuild = { readonly root: string; readonly remove: () => void };

const SEALING = "concat([nonce, crypto.aeadSeal({ key: file.key, nonce, text, ad })])";
const NOT_SEALING = "concat([nonce, text, ad.slice(0, 16)])";

export const buildUnsealed = async (): Promise<UnsealedBuild> => {
  const root = mkdtempSync(join(tmpdir(), "sealdrop-bench-unsealed-"));
  // PostgreSQL's own user goes through here to its programs.
  chmodSync(root, 0o711);
  mkdirSync(join(root, "dist"));
  for (const part of ["src", "views", "prisma", "package.json", "dist/server", "dist/protocol"]) {
    cpSync(join(ROOT, part), join(root, part), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  const chunk = join(root, "src/protocol/secret/chunk.ts");
  const code = readFileSync(chunk, "utf8");
  if (!code.includes(SEALING)) throw new Error("chunk.ts seals in another way than expected");
  writeFileSync(chunk, code.replace(SEALING, NOT_SEALING));
  await buildSite(root, join(root, "dist/site"));
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
};
