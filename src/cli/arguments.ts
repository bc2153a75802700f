/** `npm run verify -- URL [--newsroom URL] [--fingerprint KEY] [--state FILE]` */

export const USAGE = `usage: npm run verify -- URL [--newsroom URL] [--fingerprint KEY] [--state FILE]
  URL            address of the sources' page, as sources open it
  --newsroom     address of the newsroom's page: its files are compared too
  --fingerprint  what stands after # in the newsroom's link, or its twelve words
  --state        a file that keeps what was seen, for the next time`;

export type Options = {
  readonly source: string;
  readonly newsroom: string | null;
  readonly fingerprint: string | null;
  readonly state: string | null;
};

const originOf = (text: string | undefined): string | null => {
  if (text === undefined || !URL.canParse(text)) return null;
  const { protocol, origin } = new URL(text);
  return protocol === "http:" || protocol === "https:" ? origin : null;
};

const NAMES = ["--newsroom", "--fingerprint", "--state"] as const;

/** Null for an unknown name or one without a value. */
const valuesIn = (rest: readonly string[]): ReadonlyMap<string, string> | null => {
  const values = new Map<string, string>();
  for (let at = 0; at < rest.length; at += 2) {
    const [name = "", value] = [rest[at], rest[at + 1]];
    if (!NAMES.some((one) => one === name) || value === undefined) return null;
    values.set(name, value);
  }
  return values;
};

/** A link with its fragment is as good as an address and --fingerprint. Null when it cannot be understood. */
export const readArguments = (given: readonly string[]): Options | null => {
  const [url = "", ...rest] = given;
  const source = originOf(url);
  const values = valuesIn(rest);
  if (source === null || values === null) return null;
  const newsroom = originOf(values.get("--newsroom"));
  if (values.has("--newsroom") && newsroom === null) return null;
  const fragment = new URL(url).hash.slice(1) || null;
  return {
    source,
    newsroom,
    fingerprint: values.get("--fingerprint") ?? fragment,
    state: values.get("--state") ?? null,
  };
};
