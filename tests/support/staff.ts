import { randomBytes } from "node:crypto";
import request from "supertest";
import * as z from "zod/mini";
import { base64url } from "../../src/protocol/public/bytes.ts";
import type { IdentityPublicKey, StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import { inviteTokenHash } from "../../src/protocol/public/invite-token.ts";
import { openRoster, type Roster, type RosterEntry } from "../../src/protocol/public/roster.ts";
import { encodeSettings, type Settings, settingsHash } from "../../src/protocol/public/settings.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import { dayOf, periodOf } from "../../src/protocol/public/time.ts";
import type {
  IdentitySeed,
  MessagingSeed,
  StaticPrivateKey,
} from "../../src/protocol/secret/crypto.ts";
import {
  createNewsroom,
  type NewNewsroom,
  signMessagingKey,
  signRoster,
} from "../../src/protocol/secret/sign.ts";
import { createSetupTokens } from "../../src/server/setup/setup-token.ts";
import { sodium } from "../vectors/backends.ts";
import { PLAIN_SETTINGS } from "./paper-newsroom.ts";
import { startTestServer, type TestServer, type TestServerOptions } from "./server.ts";
import { totpAt } from "./totp.ts";

/** Staff as a server sees them: real statements and real codes, with vaults and auth keys drawn instead of derived. */

export const draw = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

const base32 = (bytes: Uint8Array): string => {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{5}/g) ?? [])
    .map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[Number.parseInt(five, 2)])
    .join("");
};

export type Answer = {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server said, for assertions
  readonly body: any;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
};

export type Client = {
  cookie: string;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string): Promise<Answer>;
};

/** A browser's part: keeps the cookie, names its origin on writes. */
export const createClient = (server: TestServer, cookie = ""): Client => {
  const send = async (sent: request.Test, headers: Record<string, string>): Promise<Answer> => {
    for (const [name, value] of Object.entries(headers)) sent.set(name, value);
    if (client.cookie !== "") sent.set("Cookie", client.cookie);
    const { status, body, headers: got } = await sent;
    const [given] = (got["set-cookie"] as unknown as string[] | undefined) ?? [];
    if (given !== undefined) client.cookie = given.split(";")[0] ?? "";
    const bytes = body instanceof Uint8Array ? new Uint8Array(body) : new Uint8Array();
    return { status, body, headers: got, bytes };
  };
  const origin = { Origin: server.newsroom };
  const client: Client = {
    cookie,
    post: (path, body, headers = {}) => {
      const sent = request(server.newsroom).post(path);
      if (body !== undefined) sent.type("json").send(JSON.stringify(body));
      return send(sent, { ...origin, ...headers });
    },
    get: (path, headers = {}) => send(request(server.newsroom).get(path), headers),
    delete: (path) => send(request(server.newsroom).delete(path), origin),
  };
  return client;
};

export type Person = {
  readonly userName: string;
  readonly name: string;
  readonly authKey: Uint8Array;
  readonly recoveryAuthKey: Uint8Array;
  readonly totpSecret: Uint8Array;
  readonly salt: Uint8Array;
  readonly identitySeed: IdentitySeed;
  readonly staticPrivate: StaticPrivateKey;
  readonly vault: api.Vault;
};

export const makeVault = (): api.Vault => ({
  wrappedKey: draw(72),
  recoveryWrappedKey: draw(72),
  list: draw(200),
  records: ["identity", "static", "messaging:2968:0"].map((id) => ({ id, sealed: draw(72) })),
});

export const makePerson = (userName: string, name = userName): Person => ({
  userName,
  name,
  authKey: draw(32),
  recoveryAuthKey: draw(32),
  totpSecret: draw(20),
  salt: draw(16),
  identitySeed: draw(32) as IdentitySeed,
  staticPrivate: draw(32) as StaticPrivateKey,
  vault: makeVault(),
});

/** The code `steps` half minutes from the server's now. */
export const codeOf = (server: TestServer, person: Person, steps = 0): string => {
  const step = Math.floor(server.world.now().getTime() / 30_000) + steps;
  return totpAt(base32(person.totpSecret), step);
};

export const accountOf = (server: TestServer, person: Person): api.Account => ({
  userName: person.userName,
  salt: person.salt,
  memoryKiB: 65_536,
  passes: 3,
  authKey: person.authKey,
  recoveryAuthKey: person.recoveryAuthKey,
  totpSecret: person.totpSecret,
  totpCode: codeOf(server, person),
});

export const entryOf = (person: Person, place: Partial<RosterEntry> = {}): RosterEntry => ({
  memberNumber: 1,
  state: "current",
  position: 1,
  generation: 0,
  identity: sodium.ed25519PublicKey(person.identitySeed) as IdentityPublicKey,
  static: sodium.x25519PublicKey(person.staticPrivate) as StaticPublicKey,
  name: person.name,
  ...place,
});

export type PlannedRoster = Pick<Roster, "number" | "previousHash" | "entries"> & {
  readonly settings?: Settings;
  readonly validDays?: number;
};

/** A roster the admin's browser would sign, as the body of `POST /api/roster`. */
export const rosterPost = (server: TestServer, newsroom: NewNewsroom, plan: PlannedRoster) => {
  const settings = encodeSettings(plan.settings ?? PLAIN_SETTINGS);
  const today = dayOf(server.world.now().getTime());
  const roster: Roster = {
    newsroomId: newsroom.newsroomId,
    number: plan.number,
    previousHash: plan.previousHash,
    issuedDay: today,
    validUntilDay: today + (plan.validDays ?? 35),
    settingsHash: settingsHash(sodium, settings),
    entries: plan.entries,
  };
  const statement = signRoster(sodium, roster, newsroom.seed);
  const key = { newsroomId: newsroom.newsroomId, key: newsroom.key };
  return { statement, settings, hash: openRoster(sodium, statement, key).hash };
};

export type KeyPlan = { readonly newsroom: NewNewsroom; readonly entry: RosterEntry };

/** Statements of an entry's messaging keys for these periods. */
export const keyStatements = (
  person: Person,
  { newsroom, entry }: KeyPlan,
  periods: readonly number[],
): Uint8Array[] =>
  periods.map((period) =>
    signMessagingKey(sodium, {
      newsroomId: newsroom.newsroomId,
      memberNumber: entry.memberNumber,
      generation: entry.generation,
      period,
      identitySeed: person.identitySeed,
      seed: draw(32) as MessagingSeed,
    }),
  );

export const periodNow = (server: TestServer): number =>
  periodOf(dayOf(server.world.now().getTime()));

export const setupBody = (
  server: TestServer,
  person: Person,
  newsroom: NewNewsroom,
): Omit<api.Setup, "setupToken"> => {
  const entry = entryOf(person);
  const roster = rosterPost(server, newsroom, {
    number: 1,
    previousHash: new Uint8Array(32),
    entries: [entry],
  });
  const now = periodNow(server);
  return {
    created: newsroom.created,
    roster: roster.statement,
    settings: roster.settings,
    messagingKeys: keyStatements(person, { newsroom, entry }, [now, now + 1]),
    account: accountOf(server, person),
    vault: person.vault,
  };
};

export const issueSetupToken = async (server: TestServer): Promise<Uint8Array> => {
  const token = await createSetupTokens(server.world).issue();
  if (token === null) throw new Error("set up already");
  return token;
};

export type TestNewsroom = {
  readonly newsroom: NewNewsroom;
  readonly admin: Person;
  readonly client: Client;
  readonly firstHash: Uint8Array;
};

/** A newsroom with one admin, logged in. */
export const setUp = async (server: TestServer): Promise<TestNewsroom> => {
  const admin = makePerson("ann", "Ann");
  const newsroom = createNewsroom(sodium, dayOf(server.world.now().getTime()));
  const body = setupBody(server, admin, newsroom);
  const client = createClient(server);
  const setupToken = await issueSetupToken(server);
  const answer = await client.post("/api/setup", z.encode(api.Setup, { setupToken, ...body }));
  if (answer.status !== 200) throw new Error(`set-up: ${JSON.stringify(answer.body)}`);
  const key = { newsroomId: newsroom.newsroomId, key: newsroom.key };
  const firstHash = openRoster(sodium, body.roster, key).hash;
  return { newsroom, admin, client, firstHash };
};

export const loginBody = (server: TestServer, person: Person, steps = 0) => ({
  userName: person.userName,
  authKey: base64url(person.authKey),
  totpCode: codeOf(server, person, steps),
});

/** Logs in with a code of the next half minute, to which the clock is moved. */
export const logIn = async (server: TestServer, person: Person): Promise<Client> => {
  server.moveSeconds(60);
  const client = createClient(server);
  const answer = await client.post("/api/login", loginBody(server, person));
  if (answer.status !== 200) throw new Error(`log-in: ${JSON.stringify(answer.body)}`);
  return client;
};

/** An invite made by the admin and answered by the person. */
export const invite = async (server: TestServer, admin: Client, person: Person) => {
  const token = draw(32);
  const tokenHash = inviteTokenHash(sodium, token);
  const made = await admin.post(
    "/api/invites",
    z.encode(api.InvitePost, { tokenHash, label: "the new one" }),
  );
  const client = createClient(server);
  const { identity, static: staticKey } = entryOf(person);
  const answer = await client.post(
    "/api/invites/answer",
    z.encode(api.InviteAnswer, {
      token,
      name: person.name,
      identityKey: identity,
      staticKey,
      account: accountOf(server, person),
      vault: person.vault,
    }),
  );
  return { id: made.body.id as string, token, client, answer };
};

const EMPTY = `
  DELETE FROM newsroom_statement; DELETE FROM roster; DELETE FROM newsroom_version;
  DELETE FROM messaging_key; DELETE FROM past_key; DELETE FROM setup_token; DELETE FROM account; DELETE FROM invite;
  DELETE FROM try_delay; DELETE FROM slot; DELETE FROM message; DELETE FROM closed_period;
  DELETE FROM log_leaf; DELETE FROM log_node; DELETE FROM log_size; DELETE FROM seen_statement;
  DELETE FROM intake_ceilings; DELETE FROM archive_key; DELETE FROM former_archive_key;
  DELETE FROM audit_line; DELETE FROM day_count; DELETE FROM audited_day`;

/** A server that has not seen the one before, over the same database emptied: far quicker than a database of its own. */
export const startAgain = async (
  base: TestServer,
  options: Pick<TestServerOptions, "now"> = {},
): Promise<TestServer> => {
  await base.pool.query(EMPTY);
  return startTestServer({ ...options, beside: base });
};
