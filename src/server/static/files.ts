import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod/mini";
import type { AppName } from "../logs.ts";

/** The site as it was built: read once at the start, served from memory, the same bytes to everybody. */
export type SiteFile = {
  readonly type: string;
  readonly wasm: boolean;
  readonly hashed: boolean;
  readonly plain: Buffer;
  readonly br: Buffer | null;
  readonly gzip: Buffer | null;
};

export type Site = Readonly<Record<AppName, ReadonlyMap<string, SiteFile>>>;

const manifestSchema = z.object({
  files: z.array(
    z.object({
      app: z.enum(["source", "newsroom"]),
      path: z.string().check(z.regex(/^\/[\w./-]*$/)),
      wasm: z.boolean(),
      type: z.string(),
      hashed: z.boolean(),
    }),
  ),
});

const readIfThere = (path: string): Buffer | null => (existsSync(path) ? readFileSync(path) : null);

/** Throws when the manifest names a file that is not there; an installation without a site has none. */
export const readSite = (siteDir: string): Site => {
  const site = { source: new Map<string, SiteFile>(), newsroom: new Map<string, SiteFile>() };
  const text = readIfThere(join(siteDir, "manifest.json"));
  if (text === null) return site;
  for (const file of manifestSchema.parse(JSON.parse(text.toString("utf8"))).files) {
    const name = file.path.endsWith("/") ? `${file.path}index.html` : file.path;
    const path = join(siteDir, file.app, name);
    site[file.app].set(file.path, {
      type: file.type,
      wasm: file.wasm,
      hashed: file.hashed,
      plain: readFileSync(path),
      br: readIfThere(`${path}.br`),
      gzip: readIfThere(`${path}.gz`),
    });
  }
  return site;
};
