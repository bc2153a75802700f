import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, launch, type Page } from "puppeteer-core";
import { copyWhole, RUN_FOLDER } from "./copy-whole.ts";

/** "safer" and "safest" are Tor Browser's levels imitated by preferences: not Tor Browser itself. */
export type BrowserKind = "chromium" | "firefox" | "safer" | "safest";

export type TestBrowser = {
  readonly kind: BrowserKind;
  readonly browser: Browser;
  /** Where saved files arrive. */
  readonly downloads: string;
  readonly open: (url: string, size?: Size) => Promise<Page>;
  /** As in somebody else's browser: nothing is shared with any other page. Gone with `page.browserContext().close()`. */
  readonly openAlone: (url: string) => Promise<Page>;
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
  // Painting without a graphics card took a fifth of the time.
  "layout.frame_rate": 20,
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

type Folders = { readonly profile: string; readonly downloads: string };

const launchChromium = ({ profile, downloads }: Folders): Promise<Browser> =>
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

const runFirefox = (profile: string, wanted: Record<string, unknown>): Promise<Browser> =>
  launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    userDataDir: profile,
    defaultViewport: null,
    extraPrefsFirefox: { ...quiet, ...wanted },
  });

let firstProfile: Promise<string> | null = null;

/** One that has been started and closed and has seen no page: the first start of each takes twice as long. */
const makeFirstProfile = async (): Promise<string> => {
  const profile = mkdtempSync(join(process.env[RUN_FOLDER] ?? tmpdir(), "sealdrop-profile-"));
  const browser = await runFirefox(profile, {});
  await browser.close();
  return profile;
};

const launchFirefox = async (
  kind: Exclude<BrowserKind, "chromium">,
  { profile, downloads }: Folders,
): Promise<Browser> => {
  firstProfile ??= makeFirstProfile();
  copyWhole(`${await firstProfile}/.`, profile);
  return runFirefox(profile, { ...saving(downloads), ...preferences[kind] });
};

/** A browser with nothing in it: a new profile and a download folder of its own, both gone after `close`. */
export const openBrowser = async (kind: BrowserKind): Promise<TestBrowser> => {
  const profile = mkdtempSync(join(tmpdir(), "sealdrop-browser-"));
  const downloads = mkdtempSync(join(tmpdir(), "sealdrop-downloads-"));
  const folders = { profile, downloads };
  const browser =
    kind === "chromium" ? await launchChromium(folders) : await launchFirefox(kind, folders);
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
    openAlone: async (url) => {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      await page.setViewport(desktop);
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
