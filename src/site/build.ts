import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AppSpec, apps } from "./apps.ts";
import { bundleScripts, bundleStyles } from "./bundle.ts";
import { catalogueProblems, readCatalogues } from "./catalogue.ts";
import { emit, type ManifestEntry, type SiteFile } from "./emit.ts";
import { renderPages } from "./pages.ts";

async function buildApp(root: string, app: AppSpec): Promise<readonly SiteFile[]> {
  const catalogues = readCatalogues(join(root, "views/locales"), app.name);
  const problems = catalogues.length === 0 ? [] : catalogueProblems(catalogues);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const style = await bundleStyles(root, app);
  const scripts = await bundleScripts(root, app);
  const main = scripts.find((file) => file.path.startsWith("/main-"));
  const pages = renderPages(join(root, "views"), app, {
    catalogues,
    assets: { style: style?.path ?? "", script: main?.path ?? "" },
  });
  return [...pages, ...(style === null ? [] : [style]), ...scripts];
}

/**
 * Builds both apps' static files into `<out>/source` and `<out>/newsroom` and writes
 * `<out>/manifest.json`. The same sources give the same bytes, whatever the folder or the hour.
 */
export async function buildSite(
  root: string,
  out: string,
  chosen: readonly AppSpec[] = apps,
): Promise<readonly ManifestEntry[]> {
  const entries: ManifestEntry[] = [];
  mkdirSync(out, { recursive: true });
  for (const app of chosen) {
    const files = await buildApp(root, app);
    rmSync(join(out, app.name), { recursive: true, force: true });
    for (const file of files) entries.push(emit(out, file));
  }
  const manifest = `${JSON.stringify({ files: entries }, null, 2)}\n`;
  writeFileSync(join(out, "manifest.json"), manifest);
  return entries;
}
