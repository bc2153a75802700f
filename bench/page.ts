import type { Figure, Line } from "./figure.ts";
import { type BenchBrowser, type BrowserKind, openBrowser } from "./support/browser.ts";
import { storeNewsroom } from "./support/newsroom.ts";
import { reportOf, watchSource } from "./support/page-report.ts";
import { startService } from "./support/service.ts";
import { type Link, openLink } from "./support/slow-link.ts";

/** What a first visit costs: requests, and bytes as the server sent them, headers included. */

type Visit = { readonly requests: number; readonly kilobytes: number };

const visit = async (browser: BenchBrowser, link: Link, url: string): Promise<Visit> => {
  const fresh = await browser.freshPage();
  await fresh.evaluateOnNewDocument(watchSource);
  link.reset();
  await fresh.goto(url);
  const { page } = await reportOf(browser, fresh, { until: "ready", firstMs: 500, attached: true });
  const counted = { requests: link.requests(), kilobytes: link.down() / 1_000 };
  await page.close();
  return counted;
};

type Case = {
  readonly kind: BrowserKind;
  readonly what: string;
  readonly far: boolean;
  readonly limit: number;
};

const CASES: readonly Case[] = [
  { kind: "chromium", what: "br", far: false, limit: 185 },
  { kind: "chromium", what: "gz", far: true, limit: 220 },
  { kind: "safer", what: "br, Safer", far: false, limit: 85 },
  { kind: "safer", what: "gz, Safer", far: true, limit: 100 },
];

const linesOf = (one: Case, visits: readonly Visit[]): readonly Line[] => [
  {
    what: `source page cold, requests, ${one.what}`,
    unit: "requests",
    values: visits.map(({ requests }) => requests),
    limit: 6,
    scaled: false,
  },
  {
    what: `source page cold, bytes, ${one.what}`,
    unit: "kB",
    values: visits.map(({ kilobytes }) => kilobytes),
    limit: one.limit,
    scaled: false,
  },
];

export const pageFigure: Figure = {
  name: "page",
  measure: async (bench) => {
    const service = await startService();
    const lines: Line[] = [];
    try {
      const { fragment } = await storeNewsroom(service);
      const plan = { target: service.sourcePort, roundTripMs: 0, bitsPerSecond: 0 };
      const far = await openLink({ ...plan, listen: service.farPort });
      const near = await openLink({ ...plan, listen: service.nearPort });
      for (const one of CASES) {
        const browser = await openBrowser(one.kind);
        const link = one.far ? far : near;
        const origin = one.far ? service.far : service.near;
        const visits = await bench.repeat(() => visit(browser, link, `${origin}/#${fragment}`));
        await browser.close();
        lines.push(...linesOf(one, visits));
      }
      await far.close();
      await near.close();
      return lines;
    } finally {
      await service.close();
    }
  },
};
