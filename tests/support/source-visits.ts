import type { Page } from "puppeteer-core";
import type { Settings } from "../../src/protocol/public/settings.ts";
import { dayOf } from "../../src/protocol/public/time.ts";
import type { Body } from "../../src/protocol/secret/body.ts";
import { openBody } from "../../src/protocol/secret/content.ts";
import type { SecretCrypto } from "../../src/protocol/secret/crypto.ts";
import { openSlot } from "../../src/protocol/secret/slot.ts";
import { type BrowserKind, openBrowser, phone, type TestBrowser } from "./browsers.ts";
import { realCrypto } from "./hostile-bundles.ts";
import { type PaperNewsroom, PLAIN_SETTINGS, paperNewsroom, slotTry } from "./paper-newsroom.ts";
import { builtSourceSite, type PaperService, startPaperService } from "./paper-service.ts";

/** A browser in front of a newsroom on paper, and every way that newsroom may be. */
export type Visits = {
  readonly crypto: SecretCrypto;
  readonly newsroom: PaperNewsroom;
  readonly service: PaperService;
  readonly browser: TestBrowser;
  readonly today: number;
  /** Another newsroom, or the same one on another day or with other words. */
  readonly other: (change: { day?: number; settings?: Partial<Settings> }) => PaperNewsroom;
  readonly visit: (path?: string) => Promise<Page>;
  readonly close: () => Promise<void>;
};

export const paperNames = ["Ana Duarte", "Ben Okafor", "Clara Weiss"];

export const startVisits = async (kind: BrowserKind): Promise<Visits> => {
  const crypto = await realCrypto();
  const today = dayOf(Date.now());
  const other: Visits["other"] = ({ day = today, settings = {} }) =>
    paperNewsroom(crypto, { day, names: paperNames, settings: { ...PLAIN_SETTINGS, ...settings } });
  const newsroom = other({});
  const service = await startPaperService(crypto, newsroom, builtSourceSite());
  const browser = await openBrowser(kind);
  return {
    crypto,
    newsroom,
    service,
    browser,
    today,
    other,
    visit: (path = "/") => browser.open(`${service.origin}${path}`, phone),
    close: async () => {
      await browser.close();
      await service.close();
    },
  };
};

/** The form can be sent: list verified, crypto loaded. */
export const untilReady = (page: Page): Promise<unknown> =>
  page.waitForSelector("[data-role=send]:not(:disabled)", { visible: true });

/** The last stored message as each of the three journalists opens it; null: not for them. */
export const lastAsRead = (visits: Visits): readonly (Body | null)[] => {
  const message = visits.service.messages.at(-1)?.message;
  if (message === undefined) throw new Error("nothing stored");
  const { crypto, newsroom } = visits;
  return newsroom.journalists.map((journalist) => {
    const slot = message.slots[journalist.entry.position] ?? new Uint8Array(0);
    const opened = openSlot(crypto, slot, slotTry(journalist, message.headerBytes));
    if (opened === null) return null;
    const opening = { contentKey: opened.contentKey, headerBytes: message.headerBytes };
    return openBody(crypto, opening, message);
  });
};
