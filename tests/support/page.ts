import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ElementHandle, Page } from "puppeteer-core";
import { desktop, phone } from "./browsers.ts";

const artifacts = resolve(import.meta.dirname, "../../artifacts");
const patienceMs = 30_000;

/** What a person can see on the page just now; a document that is only beginning has no body. */
export const visibleText = (page: Page): Promise<string> =>
  page
    .evaluate(() => (document.body as HTMLElement | null)?.innerText ?? "")
    .then((text) => text.replace(/[ \t\u00a0]+/g, " "));

const untilTrue = async (what: string, look: () => Promise<boolean>, waitMs: number) => {
  const end = Date.now() + waitMs;
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`waited ${waitMs} ms for ${what}`);
    await sleep(50);
  }
};

/** Waits until the page shows the words; on failure says what it shows instead. */
export const sees = async (page: Page, words: string | RegExp, waitMs = patienceMs) => {
  const shown = (text: string): boolean =>
    typeof words === "string" ? text.includes(words) : words.test(text);
  // A page that is going away for another one shows nothing, not even that words are missing.
  const looks = (): Promise<boolean> => visibleText(page).then(shown, () => false);
  try {
    await untilTrue(String(words), looks, waitMs);
  } catch (cause) {
    throw new Error(`never saw ${words}; the page shows:\n${await visibleText(page)}`, { cause });
  }
};

/** Somebody comes back to this tab, and need not wait until it looks again by itself. */
export const backAt = async (page: Page): Promise<void> => {
  await page.bringToFront();
  // It may have been in front all along.
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
};

/** A control by the words a person reads on it, or by the label in front of it. */
const locate = (page: Page, selector: string, name: string) =>
  page.evaluateHandle(
    (wanted, label) => {
      const plain = (text: string | null | undefined) => (text ?? "").replace(/\s+/g, " ").trim();
      const names = (element: Element): readonly string[] => {
        const labels = "labels" in element ? (element.labels as NodeListOf<Element> | null) : null;
        return [
          element.getAttribute("aria-label"),
          element.textContent,
          ...[...(labels ?? [])].map((each) => each.textContent),
        ].map(plain);
      };
      const all = [...document.querySelectorAll(wanted)].filter((each) => each.checkVisibility());
      return (
        all.find((each) => names(each).some((text) => text === label)) ??
        all.find((each) => names(each).some((text) => text.startsWith(label))) ??
        null
      );
    },
    selector,
    name,
  );

export const find = async (
  page: Page,
  selector: string,
  name: string,
  waitMs = patienceMs,
): Promise<ElementHandle> => {
  const end = Date.now() + waitMs;
  for (;;) {
    const element = (await locate(page, selector, name)).asElement();
    if (element !== null) return element as ElementHandle;
    if (Date.now() > end)
      throw new Error(`no ${selector} "${name}"; the page shows:\n${await visibleText(page)}`);
    await sleep(50);
  }
};

const pressable =
  "button, a, summary, [role=button], [role=tab], [role=option], input[type=submit]";
const fillable = "input:not([type=checkbox]):not([type=radio]), textarea, select";

const notDisabled = (element: ElementHandle): Promise<boolean> =>
  element.evaluate((node) => !(node as HTMLButtonElement).disabled);

const placeOf = (element: ElementHandle): Promise<string> =>
  element.evaluate((node) => JSON.stringify(node.getBoundingClientRect()));

/** What is still being pushed about by something that arrives is not clicked yet. */
const stands = async (element: ElementHandle): Promise<boolean> => {
  const before = await placeOf(element);
  await sleep(30);
  return before === (await placeOf(element));
};

/** True once the click has reached it, or has led away from this document. */
const clicks = async (element: ElementHandle): Promise<boolean> => {
  const hit = await element.evaluateHandle((node) => {
    const told = { hit: false };
    const note = (): void => {
      told.hit = true;
    };
    node.addEventListener("click", note, { capture: true, once: true });
    return told;
  });
  await element.click();
  return hit.evaluate((told) => told.hit).catch(() => true);
};

/** Clicks as a hand does: on the element's own place, once it may be pressed and stands still. */
const clickOnce = async (element: ElementHandle, what: string, waitMs: number): Promise<void> => {
  await untilTrue(`${what} to be enabled`, () => notDisabled(element), waitMs);
  await element.evaluate((node) => node.scrollIntoView({ block: "center" }));
  await untilTrue(`${what} to stand still`, () => stands(element), waitMs);
  if (!(await clicks(element)))
    throw new Error(`${what} is not clickable: the click went beside it`);
};

/** Where the page has drawn the button anew between finding and clicking it, a hand would simply press the new one. */
const isGone = (error: unknown): boolean =>
  error instanceof Error && /detached|no such element|not clickable|stale/i.test(error.message);

/** Whoever sees that the click went beside it looks for it and clicks again. */
export const clickFound = async (
  look: () => Promise<ElementHandle>,
  what: string,
  waitMs = patienceMs,
): Promise<void> => {
  for (let again = 3; ; again -= 1) {
    try {
      return await clickOnce(await look(), what, waitMs);
    } catch (error) {
      if (again === 0 || !isGone(error)) throw error;
    }
  }
};

/** As `press`, among what the selector names only. */
export const pressAmong = (page: Page, selector: string, name: string): Promise<void> =>
  clickFound(() => find(page, selector, name), `"${name}"`);

export const press = (page: Page, name: string, waitMs = patienceMs): Promise<void> =>
  clickFound(() => find(page, pressable, name, waitMs), `"${name}"`, waitMs);

/** Types into the field with this label, over what stood there. */
export const fill = async (page: Page, label: string, value: string) => {
  const element = await find(page, fillable, label);
  await element.evaluate((node) => {
    (node as HTMLInputElement).focus();
    (node as HTMLInputElement).select?.();
  });
  await element.type(value);
};

/** Puts long text in at once, as pasting does. */
export const paste = async (page: Page, label: string, value: string) => {
  const element = await find(page, fillable, label);
  await element.evaluate((node, text) => {
    const field = node as HTMLTextAreaElement;
    field.focus();
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }, value);
};

const tickable = "input[type=checkbox], input[type=radio]";

export const tick = (page: Page, label: string): Promise<void> =>
  clickFound(() => find(page, tickable, label), `"${label}"`);

export const choose = async (
  page: Page,
  files: readonly string[],
  selector = "input[type=file]",
) => {
  const input = await page.waitForSelector(selector);
  if (input === null) throw new Error(`no ${selector}`);
  await (input as ElementHandle<HTMLInputElement>).uploadFile(...files);
};

/** Drawing each state of each page takes a fifth of the browser tests' time, and nobody looks at it in a test run. */
const takesPictures = process.env["SEALDROP_PICTURES"] === "1";

/**
 * A gallery names its pictures in the order they were taken: artifacts/pictures/<name>/01-<state>.png. None without
 * SEALDROP_PICTURES=1.
 */
export const createGallery = (name: string) => {
  if (!takesPictures) return async (_page: Page, _state: string): Promise<void> => undefined;
  const folder = join(artifacts, "pictures", name);
  mkdirSync(folder, { recursive: true });
  let count = 0;
  return async (page: Page, state: string) => {
    count += 1;
    const path = join(folder, `${String(count).padStart(2, "0")}-${state}.png`);
    // A header that sticks would stand in the middle of a picture of the whole page.
    await page.evaluate(() => scrollTo(0, 0)).catch(() => undefined);
    await page.screenshot({ path: path as `${string}.png`, fullPage: true });
  };
};
export type Gallery = ReturnType<typeof createGallery>;

/** By day and by night, on a desktop and on a phone; it stands on a desktop afterwards. */
export const inEveryLight =
  (picture: Gallery) =>
  async (page: Page, state: string): Promise<void> => {
    if (!takesPictures) return;
    for (const [name, size] of [["phone", phone] as const, ["desktop", desktop] as const]) {
      await page.setViewport(size);
      for (const value of ["dark", "light"]) {
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
        await picture(page, `${state}-${name}-${value}`);
      }
    }
    await page.emulateMediaFeatures([]);
  };
