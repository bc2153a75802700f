import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** The configuration: one table, from which the start, the errors and the README's table are made. Only this file reads the environment. */

export type LogLevel = "debug" | "info" | "warn" | "error";

type Setting<T> = {
  readonly name: string;
  /** Shown in the README; null: no default. */
  readonly fallback: string | null;
  readonly meaning: string;
  /** What a right value is, completing "<name> must be ...". */
  readonly must: string;
  readonly secret?: true;
  /** An empty file is as good as none: a container's secret has to be a file that is there. */
  readonly fileMayBeEmpty?: true;
  /** Null for a wrong value. */
  readonly parse: (text: string) => T | null;
};

const whole =
  (least: number, most: number) =>
  (text: string): number | null => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : null;
  };

const origin = (text: string): string | null => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  return url.origin === text ? text : null;
};

const origins = (text: string): readonly string[] | null => {
  const list = text.split(",").map((part) => origin(part.trim()));
  return list.every((one) => one !== null) ? list : null;
};

const database = (text: string): string | null =>
  URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol) ? text : null;

const level = (text: string): LogLevel | null =>
  text === "debug" || text === "info" || text === "warn" || text === "error" ? text : null;

const longEnough = (text: string): string | null => (text.length >= 32 ? text : null);

const setting = <T>(row: Setting<T>): Setting<T> => row;

const SETTINGS = {
  dataDir: setting({
    name: "SEALDROP_DATA_DIR",
    fallback: "./.data",
    meaning: "Folder for the embedded database, the made secret and the set-up link.",
    must: "a path without control characters",
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused here
    parse: (text) => (/[\u0000-\u001f]/.test(text) ? null : resolve(text)),
  }),
  host: setting({
    name: "HOST",
    fallback: "127.0.0.1",
    meaning: "Address on which both listeners listen.",
    must: "an address or host name",
    parse: (text) => (/^[\w.:-]{1,253}$/.test(text) ? text : null),
  }),
  sourcePort: setting({
    name: "SOURCE_PORT",
    fallback: "3000",
    meaning: "Port of the source's listener.",
    must: "a port from 1 to 65535",
    parse: whole(1, 65_535),
  }),
  newsroomPort: setting({
    name: "NEWSROOM_PORT",
    fallback: "3001",
    meaning: "Port of the newsroom's listener.",
    must: "a port from 1 to 65535",
    parse: whole(1, 65_535),
  }),
  sourceOrigins: setting({
    name: "SOURCE_ORIGIN",
    fallback: "http://127.0.0.1:<SOURCE_PORT>",
    meaning:
      "Address of the source's page as browsers see it; several (onion and TLS) with commas, the first is shown in links.",
    must: "an origin such as https://tips.example.org, or several with commas",
    parse: origins,
  }),
  newsroomOrigins: setting({
    name: "NEWSROOM_ORIGIN",
    fallback: "http://localhost:<NEWSROOM_PORT>",
    meaning: "Address of the newsroom's page as browsers see it; several with commas.",
    must: "an origin such as https://newsroom.example.org, or several with commas",
    parse: origins,
  }),
  databaseUrl: setting({
    name: "DATABASE_URL",
    fallback: null,
    meaning: "PostgreSQL to use. Unset: an embedded one in the data folder.",
    must: "a postgresql:// address",
    secret: true,
    parse: database,
  }),
  databaseConnections: setting({
    name: "DATABASE_CONNECTIONS",
    fallback: "12",
    meaning: "Most connections to the database.",
    must: "a number from 4 to 200",
    parse: whole(4, 200),
  }),
  secret: setting({
    name: "SEALDROP_SECRET",
    fallback: null,
    meaning:
      "Secret of at least 32 characters from which session and challenge keys are made. Made in the data folder with the embedded database, required otherwise.",
    must: "at least 32 characters",
    secret: true,
    parse: longEnough,
  }),
  secretPrevious: setting({
    name: "SEALDROP_SECRET_PREVIOUS",
    fallback: null,
    meaning:
      "The secret before, while it changes: what stands under it is accepted and moved to SEALDROP_SECRET. The server says when it can go. docs/operations.md.",
    must: "at least 32 characters, and another than SEALDROP_SECRET",
    secret: true,
    fileMayBeEmpty: true,
    parse: longEnough,
  }),
  secretNext: setting({
    name: "SEALDROP_SECRET_NEXT",
    fallback: null,
    meaning:
      "For replicas: the secret that others may write under already. Accepted, never written.",
    must: "at least 32 characters, and another than SEALDROP_SECRET",
    secret: true,
    fileMayBeEmpty: true,
    parse: longEnough,
  }),
  logLevel: setting({
    name: "LOG_LEVEL",
    fallback: "info",
    meaning:
      "debug, info, warn or error. No level logs anything about a source but route and code.",
    must: "debug, info, warn or error",
    parse: level,
  }),
};

type Settings = typeof SETTINGS;
type Value<S> = S extends Setting<infer T> ? T : never;

export type Config = {
  readonly dataDir: string;
  readonly host: string;
  readonly sourcePort: number;
  readonly newsroomPort: number;
  readonly sourceOrigins: readonly string[];
  readonly newsroomOrigins: readonly string[];
  readonly databaseUrl: string | null;
  readonly databaseConnections: number;
  readonly secret: string | null;
  readonly secretPrevious: string | null;
  readonly secretNext: string | null;
  readonly logLevel: LogLevel;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** A start that cannot be: one line for the operator, naming the setting and never its value. */
export class ConfigError extends Error {}

const readText = (row: Setting<unknown>, environment: Environment): string | null => {
  const direct = environment[row.name];
  const file = row.secret ? environment[`${row.name}_FILE`] : undefined;
  if (direct && file) throw new ConfigError(`${row.name} and ${row.name}_FILE are both set.`);
  if (direct) return direct;
  if (!file) return null;
  try {
    const text = readFileSync(file, "utf8").trim();
    return text === "" && row.fileMayBeEmpty ? null : text;
  } catch {
    throw new ConfigError(`${row.name}_FILE must name a file that can be read.`);
  }
};

const read = <K extends keyof Settings>(
  key: K,
  environment: Environment,
): Value<Settings[K]> | null => {
  const row = SETTINGS[key] as unknown as Setting<Value<Settings[K]>>;
  const text = readText(row, environment);
  const usable = row.fallback !== null && !row.fallback.includes("<") ? row.fallback : null;
  const chosen = text ?? usable;
  if (chosen === null) return null;
  const value = row.parse(chosen);
  if (value === null) throw new ConfigError(`${row.name} must be ${row.must}.`);
  return value;
};

const need = <T>(value: T | null, name: string): T => {
  if (value === null) throw new ConfigError(`${name} must be set.`);
  return value;
};

type SecretSettings = Pick<Config, "secret" | "secretPrevious" | "secretNext">;

const readSecrets = (environment: Environment): SecretSettings => {
  const secret = read("secret", environment);
  const other = (key: "secretPrevious" | "secretNext"): string | null => {
    const value = read(key, environment);
    const { name, must } = SETTINGS[key];
    if (value !== null && value === secret) throw new ConfigError(`${name} must be ${must}.`);
    return value;
  };
  return { secret, secretPrevious: other("secretPrevious"), secretNext: other("secretNext") };
};

/** Throws ConfigError for the first wrong value. */
export const readConfig = (environment: Environment = process.env): Config => {
  const value = <K extends keyof Settings>(key: K) =>
    need(read(key, environment), SETTINGS[key].name);
  const sourcePort = value("sourcePort");
  const newsroomPort = value("newsroomPort");
  if (sourcePort === newsroomPort) {
    throw new ConfigError("NEWSROOM_PORT must be another port than SOURCE_PORT.");
  }
  const databaseUrl = read("databaseUrl", environment);
  const secrets = readSecrets(environment);
  if (databaseUrl !== null && secrets.secret === null) {
    throw new ConfigError("SEALDROP_SECRET must be set when DATABASE_URL is.");
  }
  return {
    dataDir: value("dataDir"),
    host: value("host"),
    sourcePort,
    newsroomPort,
    sourceOrigins: read("sourceOrigins", environment) ?? [`http://127.0.0.1:${sourcePort}`],
    newsroomOrigins: read("newsroomOrigins", environment) ?? [`http://localhost:${newsroomPort}`],
    databaseUrl,
    databaseConnections: value("databaseConnections"),
    ...secrets,
    logLevel: value("logLevel"),
  };
};

/** The README's table in Markdown. */
export const configTable = (): string =>
  [
    "| setting | default | meaning |",
    "|---|---|---|",
    ...Object.values(SETTINGS).map((row: Setting<unknown>) => {
      const name = row.secret ? `\`${row.name}\` or \`${row.name}_FILE\`` : `\`${row.name}\``;
      return `| ${name} | ${row.fallback === null ? "" : `\`${row.fallback}\``} | ${row.meaning} |`;
    }),
  ].join("\n");
