import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, connect, launch, type Page } from "puppeteer-core";
import { FAR_NAME } from "./service.ts";

/** "safer" is Tor Browser's level imitated in Firefox by preferences: no JIT, no WebAssembly. Not Tor Browser itself. */
export type BrowserKind = "chromium" | "safer";

export type BenchBrowser = {
  /** A page with no cookie, cache or connection of an earlier one. */
  readonly freshPage: () => Promise<Page>;
  /**
   * Lets go of the browser while it works, because an attached Chromium is slower, and comes back after `ms` to the page
   * with this origin. Firefox stays attached, where that costs nothing.
   */
  readonly alone: (page: Page, ms: number) => Promise<Page>;
  readonly close: () => Promise<void>;
};

const quiet = {
  "services.settings.server": "http://127.0.0.1:9/",
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "browser.safebrowsing.downloads.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "app.update.enabled": false,
};

const safer = {
  "javascript.options.ion": false,
  "javascript.options.baselinejit": false,
  "javascript.options.native_regexp": false,
  "javascript.options.asmjs": false,
  "javascript.options.wasm": false,
  "mathml.disabled": true,
  "privacy.resistFingerprinting": true,
  "browser.privatebrowsing.autostart": true,
};

const launchChromium = (profile: string): Promise<Browser> =>
  launch({
    browser: "chrome",
    executablePath: "/usr/bin/chromium",
    headless: true,
    userDataDir: profile,
    defaultViewport: null,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--lang=en",
      `--host-resolver-rules=MAP ${FAR_NAME} 127.0.0.1`,
    ],
  });

const launchFirefox = (): Promise<Browser> =>
  launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    defaultViewport: null,
    extraPrefsFirefox: {
      ...quiet,
      ...safer,
      "network.dns.localDomains": FAR_NAME,
      "network.proxy.type": 0,
    },
  });

const pageOf = async (browser: Browser, origin: string): Promise<Page> => {
  for (const target of browser.targets()) {
    if (target.type() !== "page" || !target.url().startsWith(origin)) continue;
    const page = await target.page();
    if (page !== null) return page;
  }
  throw new Error(`no page of ${origin}`);
};

/** What is open when a figure fails must not stay open. */
const openOnes = new Set<BenchBrowser>();

export const closeBrowsers = async (): Promise<void> => {
  for (const one of openOnes) await one.close();
};

export const openBrowser = async (kind: BrowserKind): Promise<BenchBrowser> => {
  const profile = mkdtempSync(join(tmpdir(), "sealdrop-bench-browser-"));
  let browser = kind === "chromium" ? await launchChromium(profile) : await launchFirefox();
  const child = browser.process();
  const opened: BenchBrowser = {
    freshPage: async () => {
      for (const context of browser.browserContexts().slice(1)) await context.close();
      const context = await browser.createBrowserContext();
      return context.newPage();
    },
    alone: async (page, ms) => {
      if (kind !== "chromium") {
        await sleep(ms);
        return page;
      }
      const { origin } = new URL(page.url());
      const browserWSEndpoint = browser.wsEndpoint();
      await browser.disconnect();
      await sleep(ms);
      browser = await connect({ browserWSEndpoint, defaultViewport: null });
      return pageOf(browser, origin);
    },
    close: async () => {
      openOnes.delete(opened);
      const gone = child === null ? null : once(child, "exit");
      await browser.close();
      await gone;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  openOnes.add(opened);
  return opened;
};
