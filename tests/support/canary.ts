import { Buffer } from "node:buffer";

/** What must be found nowhere: a text, or the bytes it stands for. */
export type Canary = { readonly name: string; readonly secret: string | Uint8Array };

export type Needle = { readonly name: string; readonly bytes: Buffer };

const base64Forms = (bytes: Buffer): readonly string[] =>
  // Three alignments: what stands before decides where a group of three begins; the ragged ends are cut off.
  [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const from = before === 0 ? 0 : before + 1;
    return text.slice(from, text.length - 4);
  });

const escaped = (text: string): string =>
  [...JSON.stringify(text).slice(1, -1)]
    .map((letter) =>
      letter > "\u007e" ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}` : letter,
    )
    .join("");

const bytesForms = (bytes: Buffer): readonly (readonly [string, Buffer])[] => [
  ["raw", bytes],
  ["hex", Buffer.from(bytes.toString("hex"))],
  ["upper-case hex", Buffer.from(bytes.toString("hex").toUpperCase())],
  ...base64Forms(bytes).flatMap((text): readonly (readonly [string, Buffer])[] => [
    ["base64", Buffer.from(text)],
    ["base64url", Buffer.from(text.replaceAll("+", "-").replaceAll("/", "_"))],
  ]),
];

const textForms = (text: string): readonly (readonly [string, Buffer])[] => [
  ...bytesForms(Buffer.from(text, "utf8")),
  // V8 keeps text below U+0100 as one byte a letter, all other text as two.
  ["latin1", Buffer.from(text, "latin1")],
  ["UTF-16", Buffer.from(text, "utf16le")],
  ["UTF-16 big-endian", Buffer.from(text, "utf16le").swap16()],
  ["JSON", Buffer.from(JSON.stringify(text).slice(1, -1))],
  ["escaped JSON", Buffer.from(escaped(text))],
  ["URL", Buffer.from(encodeURIComponent(text))],
];

/** Every form in which a secret could have been kept. */
export const needlesOf = (canaries: readonly Canary[]): readonly Needle[] => {
  const all = canaries.flatMap(({ name, secret }) => {
    const forms = typeof secret === "string" ? textForms(secret) : bytesForms(Buffer.from(secret));
    return forms.map(([form, bytes]) => ({ name: `${name} (${form})`, bytes }));
  });
  const seen = new Set<string>();
  return all.filter(({ bytes }) => {
    const key = bytes.toString("latin1");
    if (seen.has(key) || bytes.length < 8) return false;
    seen.add(key);
    return true;
  });
};

/** The words of a codename or passphrase in the ways a program might join them; three in a row betray it. */
export const phraseCanaries = (name: string, words: readonly string[]): readonly Canary[] =>
  [" ", "-", ",", "\n", ""].flatMap((between) =>
    [words.slice(0, 3), words.slice(-3)].map((some) => ({ name, secret: some.join(between) })),
  );

const startBytes = 4;
const startOf = (bytes: Buffer, at: number): number => bytes.readUInt32LE(at);
/** A fast "perhaps": most places in memory begin no needle. */
const slotOf = (start: number): number => Math.imul(start, 0x9e3779b1) >>> 16;

type Index = { readonly perhaps: Uint8Array; readonly byStart: ReadonlyMap<number, Needle[]> };

const indexOf = (needles: readonly Needle[]): Index => {
  const perhaps = new Uint8Array(0x1_0000);
  const byStart = new Map<number, Needle[]>();
  for (const needle of needles) {
    const start = startOf(needle.bytes, 0);
    perhaps[slotOf(start)] = 1;
    byStart.set(start, [...(byStart.get(start) ?? []), needle]);
  }
  return { perhaps, byStart };
};

/** Places where the first four bytes of some needle may stand. */
function* candidates(hay: Buffer, perhaps: Uint8Array): Generator<number> {
  let start = 0;
  for (let at = 0; at < hay.length; at += 1) {
    start = ((start >>> 8) | ((hay[at] ?? 0) << 24)) >>> 0;
    if (perhaps[slotOf(start)] === 1) yield at + 1 - startBytes;
  }
}

/**
 * Names of the needles that stand in the hay. One pass for all of them: there are hundreds of needles, and hundreds of
 * megabytes to look through.
 */
export const search = (hay: Buffer, needles: readonly Needle[]): readonly string[] => {
  const { perhaps, byStart } = indexOf(needles);
  const found = new Set<string>();
  for (const at of candidates(hay, perhaps)) {
    if (at < 0) continue;
    for (const { name, bytes } of byStart.get(startOf(hay, at)) ?? [])
      if (hay.subarray(at, at + bytes.length).equals(bytes)) found.add(name);
  }
  return [...found];
};

export const longest = (needles: readonly Needle[]): number =>
  Math.max(...needles.map(({ bytes }) => bytes.length));
