import type { Page } from "puppeteer-core";
import { encode } from "uqr";

/** QR codes as a camera takes them in: row by row, with the light margin without which it finds none. */

const MARGIN = 4;

const picture = (rows: readonly (readonly boolean[])[]): string =>
  rows.map((row) => row.map((dark) => (dark ? "#" : ".")).join("")).join("\n");

export const qrOf = (content: string): string =>
  picture(encode(content, { ecc: "M", border: MARGIN }).data);

/** The one on the page. */
export const qrShown = async (page: Page): Promise<string> => {
  const { whole, path } = await page.$eval('[data-role="qr"] svg', (svg) => ({
    whole: Number(svg.getAttribute("viewBox")?.split(" ")[2]),
    path: svg.querySelector("path")?.getAttribute("d") ?? "",
  }));
  const drawn = new Set([...path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => `${x} ${y}`));
  const places = [...Array(whole).keys()];
  return picture(places.map((y) => places.map((x) => drawn.has(`${x} ${y}`))));
};
