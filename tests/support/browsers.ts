import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, launch, type Page } from "puppeteer-core";

/** "safer" and "safest" are Tor Browser's levels imitated by preferences: not Tor Browser itself. */
export type BrowserKind = "chromium" | "firefox" | "safer" | "safest";

export type TestBrowser = {
  readonly kind: BrowserKind;
  readonly browser: Browser;
  /** Where saved files arrive. */
  readonly downloads: string;
  readonly open: (url: string, size?: Size) => Promise<Page>;
  readonly close: () => Promise<void>;
};

export type Size = { readonly width: number; readonly height: number };
export const desktop: Size = { width: 1280, height: 900 };
export const phone: Size = { width: 390, height: 844 };

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

const safest = { ...safer, "javascript.enabled": false, "svg.disabled": true };

const preferences = { firefox: {}, safer, safest };

const saving = (folder: string) => ({
  "browser.download.dir": folder,
  "browser.download.folderList": 2,
  "browser.download.useDownloadDir": true,
  "browser.download.always_ask_before_handling_new_types": false,
  "browser.download.alwaysOpenPanel": false,
  "browser.helperApps.neverAsk.saveToDisk": "application/octet-stream",
});

const launchChromium = (profile: string, downloads: string): Promise<Browser> =>
  launch({
    browser: "chrome",
    executablePath: "/usr/bin/chromium",
    headless: true,
    userDataDir: profile,
    defaultViewport: null,
    downloadBehavior: { policy: "allow", downloadPath: downloads },
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--lang=en",
    ],
  });

const launchFirefox = (
  kind: Exclude<BrowserKind, "chromium">,
  downloads: string,
): Promise<Browser> =>
  launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    defaultViewport: null,
    extraPrefsFirefox: { ...quiet, ...saving(downloads), ...preferences[kind] },
  });

/** A browser with nothing in it: a new profile and a download folder of its own, both gone after `close`. */
export const openBrowser = async (kind: BrowserKind): Promise<TestBrowser> => {
  const profile = mkdtempSync(join(tmpdir(), "sealdrop-browser-"));
  const downloads = mkdtempSync(join(tmpdir(), "sealdrop-downloads-"));
  const browser =
    kind === "chromium"
      ? await launchChromium(profile, downloads)
      : await launchFirefox(kind, downloads);
  return {
    kind,
    browser,
    downloads,
    open: async (url, size = desktop) => {
      const page = await browser.newPage();
      await page.setViewport(size);
      await page.goto(url);
      return page;
    },
    close: async () => {
      await browser.close();
      for (const folder of [profile, downloads])
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
