import { existsSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { alignedWasm } from "./aligned-wasm.ts";
import type { AppSpec, ScriptSpec } from "./apps.ts";
import { hashedPath, type SiteFile } from "./emit.ts";

const shared: BuildOptions = {
  bundle: true,
  minify: true,
  write: false,
  charset: "utf8",
  legalComments: "none",
  target: "es2022",
  logLevel: "silent",
  tsconfigRaw: { compilerOptions: { strict: true, verbatimModuleSyntax: true } },
};

async function bundleOne(root: string, options: BuildOptions): Promise<Uint8Array> {
  const result = await build({ ...shared, absWorkingDir: root, ...options });
  const [output] = result.outputFiles ?? [];
  if (output === undefined) throw new Error("esbuild gave no output");
  return output.contents;
}

/** The app's stylesheet, or null where it has none yet. */
export async function bundleStyles(root: string, app: AppSpec): Promise<SiteFile | null> {
  const entry = join(root, "views/styles", app.styles);
  if (!existsSync(entry)) return null;
  const content = await bundleOne(root, { entryPoints: [entry], target: "esnext" });
  const path = hashedPath("style", "css", content);
  return {
    app: app.name,
    path,
    type: "text/css; charset=utf-8",
    hashed: true,
    wasm: false,
    content,
  };
}

type Defines = Record<string, string>;

/**
 * Pages' scripts are `async`: a deferred one waits for the stylesheet, which on a far line comes over a connection of its own
 * and a round trip later. So they wait for the document alone.
 */
const whenParsed: BuildOptions = {
  banner: { js: "{const start=()=>{" },
  footer: {
    js: '};document.readyState=="loading"?document.addEventListener("DOMContentLoaded",start):start()}',
  },
};

async function bundleScript(
  root: string,
  script: ScriptSpec,
  define: Defines,
): Promise<{ path: string; content: Uint8Array }> {
  const content = await bundleOne(root, {
    entryPoints: [join(root, script.entry)],
    format: "iife",
    platform: "browser",
    mainFields: ["browser", "module", "main"],
    define,
    plugins: [alignedWasm],
    ...(script.page === true ? whenParsed : {}),
  });
  const path = script.unhashed ? `/${script.name}.js` : hashedPath(script.name, "js", content);
  return { path, content };
}

/**
 * The app's scripts in order: workers first, since a page's script holds their hashed names.
 * An entry that does not exist yet is left out, its name defined as the empty text.
 */
export async function bundleScripts(root: string, app: AppSpec): Promise<readonly SiteFile[]> {
  const define: Defines = {};
  const files: SiteFile[] = [];
  for (const script of app.scripts) {
    if (script.define !== undefined) define[script.define] = '""';
    if (!existsSync(join(root, script.entry))) continue;
    const { path, content } = await bundleScript(root, script, define);
    if (script.define !== undefined) define[script.define] = JSON.stringify(path);
    files.push({
      app: app.name,
      path,
      content,
      type: "text/javascript; charset=utf-8",
      hashed: script.unhashed !== true,
      wasm: script.wasm === true,
    });
  }
  return files;
}
