/** Words, numbers and days in the page's language. The words come with the page, as inert HTML. */

export type TextValues = Readonly<Record<string, string | number>>;

export type Text = {
  readonly language: string;
  /** The text of a key of the catalogue's "script" part; `count` picks the plural. */
  readonly t: (key: string, values?: TextValues) => string;
  readonly number: (value: number) => string;
  readonly percent: (part: number) => string;
  /** A day counted from 1970-01-01 UTC, such as "14 March 2026". */
  readonly day: (epochDay: number) => string;
  readonly bytes: (value: number) => string;
  /** A rough time in words: seconds below a minute, minutes below an hour, then hours. */
  readonly duration: (seconds: number) => string;
  /** "Ana, Ben and Cem" */
  readonly list: (items: readonly string[]) => string;
};

const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

function formatBytes(language: string, value: number): string {
  let amount = value;
  let unit = 0;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || amount >= 100 ? 0 : 1;
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: units[unit] ?? "byte",
    unitDisplay: unit === 0 ? "long" : "short",
    maximumFractionDigits: digits,
  }).format(amount);
}

function formatDuration(language: string, seconds: number): string {
  const [unit, amount] =
    seconds < 60
      ? ["second", Math.max(1, Math.ceil(seconds / 5) * 5)]
      : seconds < 3600
        ? ["minute", Math.ceil(seconds / 60)]
        : ["hour", Math.round(seconds / 360) / 10];
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: String(unit),
    unitDisplay: "long",
  }).format(Number(amount));
}

/** Pure: texts by flat key, plural categories as a last part ("files.one"). */
export function createText(language: string, texts: ReadonlyMap<string, string>): Text {
  const plural = new Intl.PluralRules(language);
  const plain = new Intl.NumberFormat(language);
  const find = (key: string, values: TextValues): string => {
    const count = values["count"];
    const category = typeof count === "number" ? `${key}.${plural.select(count)}` : key;
    return texts.get(category) ?? texts.get(key) ?? texts.get(`${key}.other`) ?? key;
  };
  return {
    language,
    t: (key, values = {}) =>
      find(key, values).replace(/\{(\w+)\}/g, (all, name: string) => {
        const value = values[name];
        if (value === undefined) return all;
        return typeof value === "number" ? plain.format(value) : value;
      }),
    number: (value) => plain.format(value),
    percent: (part) =>
      new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(part),
    day: (epochDay) =>
      new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(
        new Date(epochDay * 86_400_000),
      ),
    bytes: (value) => formatBytes(language, value),
    duration: (seconds) => formatDuration(language, seconds),
    list: (items) => new Intl.ListFormat(language, { type: "conjunction" }).format(items),
  };
}

/** The words of this document: `<template id="texts"><i data-key="…">…</i>…</template>`. */
export function pageText(): Text {
  const texts = new Map<string, string>();
  const template = document.getElementById("texts");
  if (template instanceof HTMLTemplateElement) {
    for (const entry of template.content.querySelectorAll<HTMLElement>("[data-key]")) {
      texts.set(entry.dataset["key"] ?? "", entry.textContent ?? "");
    }
  }
  return createText(document.documentElement.lang, texts);
}
