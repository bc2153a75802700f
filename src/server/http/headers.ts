import type { IncomingMessage, ServerResponse } from "node:http";
import helmet from "helmet";
import { PAGE_POLICY } from "../../protocol/public/page-policy.ts";
import type { AppName } from "../logs.ts";

/** The header list of every answer: pages, files, JSON, errors, even to what is not HTTP. */

/**
 * Whatever reaches devices, other machines or the person. Left out, since it goes five times with a first visit and only our own scripts
 * run: what merely changes how these work (`sync-xhr`, `unload`), models in the browser (`translator`, `summarizer`, `language-*`), what needs
 * another permission of this list first (`captured-surface-control`, `on-device-speech-recognition`), and hints that are sent to who asks for them.
 */
const FEATURES_OFF = [
  "accelerometer",
  "autoplay",
  "bluetooth",
  "browsing-topics",
  "camera",
  "clipboard-read",
  "compute-pressure",
  "digital-credentials-get",
  "display-capture",
  "encrypted-media",
  "fullscreen",
  "gamepad",
  "geolocation",
  "gyroscope",
  "hid",
  "identity-credentials-get",
  "idle-detection",
  "local-fonts",
  "local-network",
  "local-network-access",
  "loopback-network",
  "magnetometer",
  "microphone",
  "midi",
  "otp-credentials",
  "payment",
  "picture-in-picture",
  "screen-wake-lock",
  "serial",
  "speaker-selection",
  "storage-access",
  "usb",
  "web-share",
  "window-management",
  "xr-spatial-tracking",
];
const PASSKEYS = ["publickey-credentials-create", "publickey-credentials-get"];

const permissions = (app: AppName): string => {
  const own = ["clipboard-write", ...(app === "newsroom" ? PASSKEYS : [])];
  const off = [...FEATURES_OFF, ...(app === "newsroom" ? [] : PASSKEYS)];
  return [...off.map((name) => `${name}=()`), ...own.map((name) => `${name}=(self)`)].join(", ");
};

/** What helmet would set, collected once: the same list also answers requests that never reach Express. */
const helmetHeaders = (): ReadonlyMap<string, string> => {
  const collected = new Map<string, string>();
  const response = {
    setHeader: (name: string, value: string) => collected.set(name, value),
    removeHeader: () => undefined,
  };
  helmet({
    contentSecurityPolicy: false,
    crossOriginEmbedderPolicy: false,
    frameguard: { action: "deny" },
    // Set per origin: it would break plain http onions.
    strictTransportSecurity: false,
  })({} as IncomingMessage, response as unknown as ServerResponse, () => undefined);
  return collected;
};

export const headersOf = (app: AppName): ReadonlyMap<string, string> =>
  new Map([
    ...helmetHeaders(),
    ["Content-Security-Policy", PAGE_POLICY],
    ["Permissions-Policy", permissions(app)],
    ["Cache-Control", "no-store"],
    ["X-Robots-Tag", "noindex, nofollow"],
  ]);

/** Headers that depend on which of the app's origins was asked. */
export const originHeaders = (
  origin: string,
  origins: readonly string[],
): ReadonlyMap<string, string> => {
  const headers = new Map<string, string>();
  const onion = origins.find((one) => new URL(one).hostname.endsWith(".onion"));
  const secure = origin.startsWith("https:");
  if (secure) headers.set("Strict-Transport-Security", "max-age=63072000");
  if (secure && onion !== undefined) headers.set("Onion-Location", onion);
  return headers;
};
