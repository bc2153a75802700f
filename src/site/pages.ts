import { existsSync } from "node:fs";
import { join } from "node:path";
import { Eta } from "eta";
import type { AppSpec } from "./apps.ts";
import { type Catalogue, scriptTexts, textOf } from "./catalogue.ts";
import type { SiteFile } from "./emit.ts";

/** What a view sees as `it`. */
export type PageData = {
  readonly language: string;
  readonly direction: string;
  readonly languages: readonly {
    readonly code: string;
    readonly name: string;
    readonly path: string;
  }[];
  readonly t: (key: string) => string;
  readonly scriptTexts: readonly (readonly [string, string])[];
  readonly style: string;
  readonly script: string;
};

/** The first language stands at the root, each other one under its code. */
const pagePath = (language: string, first: string): string =>
  language === first ? "/" : `/${language}/`;

const withoutIndent = (html: string): string =>
  html
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");

type Assets = { readonly style: string; readonly script: string };

/** The app's document, once for each language; none while the view is missing. */
export function renderPages(
  views: string,
  app: AppSpec,
  rest: { readonly catalogues: readonly Catalogue[]; readonly assets: Assets },
): readonly SiteFile[] {
  if (!existsSync(join(views, `${app.view}.eta`))) return [];
  const eta = new Eta({ views, cache: true, autoEscape: true });
  const first = rest.catalogues[0]?.language ?? "en";
  const languages = rest.catalogues.map((catalogue) => ({
    code: catalogue.language,
    name: textOf(catalogue, "meta.name"),
    path: pagePath(catalogue.language, first),
  }));
  return rest.catalogues.map((catalogue) => {
    const data: PageData = {
      language: catalogue.language,
      direction: textOf(catalogue, "meta.direction"),
      languages,
      t: (key) => textOf(catalogue, key),
      scriptTexts: scriptTexts(catalogue),
      ...rest.assets,
    };
    const content = new TextEncoder().encode(withoutIndent(eta.render(app.view, data)));
    return {
      app: app.name,
      path: pagePath(catalogue.language, first),
      type: "text/html; charset=utf-8",
      hashed: false,
      wasm: false,
      content,
    };
  });
}
