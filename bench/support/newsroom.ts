import argon2 from "argon2";
import type pg from "pg";
import { ownRecords } from "../../src/browser/newsroom/worker/own-keys.ts";
import { messagingRecord, sealVault } from "../../src/browser/newsroom/worker/vault.ts";
import { concat } from "../../src/protocol/public/bytes.ts";
import type { StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import { PERIODS_AHEAD } from "../../src/protocol/public/limits.ts";
import { dayOf } from "../../src/protocol/public/time.ts";
import type { Archive } from "../../src/protocol/secret/archive.ts";
import type { ArchiveKey, MessagingSeed } from "../../src/protocol/secret/crypto.ts";
import { passphraseKeys } from "../../src/protocol/secret/passphrase.ts";
import { signMessagingKey } from "../../src/protocol/secret/sign.ts";
import type { VaultOwner } from "../../src/protocol/secret/vault.ts";
import { createSecrets } from "../../src/server/secrets/secrets.ts";
import { createHashing } from "../../src/server/staff/hashing.ts";
import {
  type PaperJournalist,
  type PaperNewsroom,
  PLAIN_SETTINGS,
  paperNewsroom,
} from "../../tests/support/paper-newsroom.ts";
import { toBase32, totpAt } from "../../tests/support/totp.ts";
import { crypto } from "./crypto.ts";
import type { Service } from "./service.ts";

/** A newsroom of so many journalists, put into a running service; the first of them can log in. */
export type BenchNewsroom = PaperNewsroom & {
  readonly reader: PaperJournalist;
  readonly archive: Archive;
  readonly login: BenchLogin;
  /** The fragment of the ready link. */
  readonly fragment: string;
};

export type BenchLogin = {
  readonly userName: string;
  readonly passphrase: string;
  readonly authKey: Uint8Array;
  /** The code of this moment. The server takes each once: `forgetCodes` lets it be used again. */
  readonly code: () => string;
};

const USER = "reader";
const PASSPHRASE = "stapler onward gravel tulip mosaic ferry";

const names = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `Journalist ${i + 1}`);

type FutureKey = { readonly period: number; readonly seed: MessagingSeed };

/** The reader's keys of all periods ahead: an unlock then finds nothing to make. */
const futureKeys = (made: PaperNewsroom, reader: PaperJournalist): readonly FutureKey[] => [
  { period: made.period, seed: reader.messagingSeed },
  ...Array.from({ length: PERIODS_AHEAD }, (_, ahead) => ({
    period: made.period + ahead + 1,
    seed: crypto.random(32) as MessagingSeed,
  })),
];

const storeStatements = async (client: pg.Client, made: PaperNewsroom): Promise<void> => {
  const { roster } = made;
  await client.query("INSERT INTO newsroom_statement (ordinal, statement) VALUES (0, $1)", [
    Buffer.from(made.created),
  ]);
  await client.query(
    `INSERT INTO roster (number, hash, members_hash, valid_until_day, statement, settings)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      roster.number,
      Buffer.from(roster.hash),
      Buffer.from(roster.membersHash),
      roster.validUntilDay,
      Buffer.from(made.rosterBytes),
      Buffer.from(made.settings),
    ],
  );
};

const storeKeys = async (
  client: pg.Client,
  made: PaperNewsroom,
  keys: readonly FutureKey[],
): Promise<void> => {
  const insert = (memberNumber: number, period: number, statement: Uint8Array) =>
    client.query(
      "INSERT INTO messaging_key (member_number, generation, period, statement) VALUES ($1, 0, $2, $3)",
      [memberNumber, period, Buffer.from(statement)],
    );
  for (const { entry, messagingStatement } of made.journalists) {
    await insert(entry.memberNumber, made.period, messagingStatement);
  }
  const [reader] = made.journalists;
  if (reader === undefined) throw new Error("a newsroom needs somebody");
  const { memberNumber } = reader.entry;
  for (const { period, seed } of keys.slice(1)) {
    const { newsroomId } = made;
    const { identitySeed } = reader;
    const place = { newsroomId, memberNumber, generation: 0, period };
    await insert(memberNumber, period, signMessagingKey(crypto, { ...place, identitySeed, seed }));
  }
};

type AccountInput = {
  readonly service: Service;
  readonly made: PaperNewsroom;
  readonly reader: PaperJournalist;
  readonly archive: Archive;
  readonly keys: readonly FutureKey[];
  /** `archive` is the key before: the reader has just renewed their lasting keys. */
  readonly renewed: boolean;
};

/** The present archive key, and what the vault keeps of the one before. */
const archiveRecords = ({ archive, renewed }: AccountInput) => {
  if (!renewed) return { present: archive, before: [] };
  const present: Archive = { id: crypto.random(16), key: crypto.random(32) as ArchiveKey };
  const before: readonly (readonly [string, Uint8Array])[] = [
    ["old:0:static", crypto.random(32)],
    ["old:0:archive", concat([archive.id, archive.key])],
  ];
  return { present, before };
};

/** What the reader's browser would have posted on joining, as the server stores it. */
const storeAccount = async (client: pg.Client, input: AccountInput): Promise<BenchLogin> => {
  const { service, made, reader, archive, keys } = input;
  const { present, before } = archiveRecords(input);
  const owner: VaultOwner = { newsroomId: made.newsroomId, userName: USER };
  const parameters = { salt: crypto.random(16), memoryKiB: 65_536, passes: 3 };
  const door = passphraseKeys(crypto, {
    owner,
    passphrase: PASSPHRASE,
    parameters,
    deviceSecret: null,
  });
  const own = {
    identitySeed: reader.identitySeed,
    staticPrivate: reader.staticPrivate,
    staticPublic: reader.entry.static as StaticPublicKey,
    archive: present,
  };
  const vault = sealVault(crypto, {
    owner,
    doors: { passphrase: door.unlockKey, recovery: crypto.random(32) },
    version: 1,
    records: new Map([
      ...ownRecords(own),
      ...before,
      ...keys.map(({ period, seed }) => [messagingRecord(period, 0), seed as Uint8Array] as const),
    ]),
  });
  const secrets = createSecrets(service.secret);
  const hashing = createHashing(argon2);
  const totpSecret = crypto.random(20);
  const { rows } = await client.query<{ readonly id: string }>(
    `INSERT INTO account (id, user_name, role, member_number, salt, memory_kib, passes, auth_hash,
       recovery_auth_hash, totp_sealed, totp_last_step, last_unlock_day, vault_version, wrapped_key,
       recovery_wrapped_key, record_list)
     VALUES (gen_random_uuid(), $1, 'journalist', $2, $3, $4, $5, $6, $7, $8, 0, $9, 1, $10, $11, $12)
     RETURNING id`,
    [
      USER,
      reader.entry.memberNumber,
      Buffer.from(parameters.salt),
      parameters.memoryKiB,
      parameters.passes,
      await hashing.hash(door.authKey),
      await hashing.hash(crypto.random(32)),
      Buffer.from(secrets.seal("totp", totpSecret)),
      made.day,
      Buffer.from(vault.wrappedKey),
      Buffer.from(vault.recoveryWrappedKey),
      Buffer.from(vault.list),
    ],
  );
  for (const { id, sealed } of vault.records) {
    await client.query(
      "INSERT INTO vault_record (account_id, record_id, sealed) VALUES ($1, $2, $3)",
      [rows[0]?.id, id, Buffer.from(sealed)],
    );
  }
  await client.query("INSERT INTO archive_key (member_number, key_id) VALUES ($1, $2)", [
    reader.entry.memberNumber,
    Buffer.from(archive.id),
  ]);
  const { authKey } = door;
  const code = (): string => totpAt(toBase32(totpSecret), Math.floor(Date.now() / 30_000));
  return { userName: USER, passphrase: PASSPHRASE, authKey, code };
};

/** The others have an account too: whoever has not unlocked for a month is not offered to sources. */
const storeColleagues = async (client: pg.Client, made: PaperNewsroom): Promise<void> => {
  for (const { entry } of made.journalists.slice(1)) {
    await client.query(
      `INSERT INTO account (id, user_name, role, member_number, salt, memory_kib, passes, auth_hash,
         recovery_auth_hash, totp_sealed, totp_last_step, last_unlock_day, vault_version,
         wrapped_key, recovery_wrapped_key, record_list)
       VALUES (gen_random_uuid(), $1, 'journalist', $2, '', 65536, 3, '', '', '', 0, $3, 1, '', '', '')`,
      [`colleague-${entry.memberNumber}`, entry.memberNumber, made.day],
    );
  }
};

/** Sets the service up without its pages and starts it anew, so that nothing of before is in its memory. */
export const storeNewsroom = async (
  service: Service,
  journalists = 10,
  { renewed = false }: { readonly renewed?: boolean } = {},
): Promise<BenchNewsroom> => {
  const settings = {
    ...PLAIN_SETTINGS,
    sourceOrigins: [service.source, service.near, service.far],
  };
  const made = paperNewsroom(crypto, {
    day: dayOf(Date.now()),
    names: names(journalists),
    settings,
  });
  const [reader] = made.journalists;
  if (reader === undefined) throw new Error("a newsroom needs somebody");
  const archive: Archive = { id: crypto.random(16), key: crypto.random(32) as ArchiveKey };
  const keys = futureKeys(made, reader);
  const login = await service.withDatabase(async (client) => {
    await storeStatements(client, made);
    await storeKeys(client, made, keys);
    await client.query("DELETE FROM setup_token");
    await client.query("INSERT INTO newsroom_version (id, version) VALUES (1, 1)");
    await storeColleagues(client, made);
    return storeAccount(client, { service, made, reader, archive, keys, renewed });
  });
  await service.restart();
  const fragment = Buffer.from(made.key).toString("base64url");
  return { ...made, reader, archive, login, fragment };
};

/** A code counts once; measuring the log-in again would wait half a minute each time. */
export const forgetCodes = (service: Service): Promise<unknown> =>
  service.withDatabase((client) =>
    client.query("WITH forgotten AS (DELETE FROM try_delay) UPDATE account SET totp_last_step = 0"),
  );
