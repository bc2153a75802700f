import { afterAll, beforeAll, expect, it } from "vitest";
import { codeOf } from "../../src/browser/kit/code-error.ts";
import { equal } from "../../src/protocol/public/bytes.ts";
import { entropyOf } from "../../src/protocol/secret/codename.ts";
import type { VaultKey } from "../../src/protocol/secret/crypto.ts";
import {
  passphraseKeys,
  RECOVERY_BYTES,
  recoveryKeys,
} from "../../src/protocol/secret/passphrase.ts";
import {
  openRecords,
  sealList,
  unwrapVaultKey,
  type VaultDoor,
  type VaultOwner,
  type VaultRecords,
} from "../../src/protocol/secret/vault.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { PASSPHRASE, type SetUpAccount, setUpByWorker } from "../support/worker-client.ts";
import { sumo } from "../vectors/backends.ts";

/** Somebody who knows an old passphrase or old words, and has copied the rows under them, meets the rows of after the change. */
const OTHER = "meadow lantern copper violin harbor maple";

let server: TestServer;
let ann: SetUpAccount;
let owner: VaultOwner;
let before: Copied;
let after: Copied;
let oldKey: VaultKey;
let newWords: readonly string[];

/** What a thief of the database has. */
const copyRows = async () => {
  const account = await server.world.db.account.findFirstOrThrow({ include: { records: true } });
  const records = new Map(account.records.map((one) => [one.recordId, new Uint8Array(one.sealed)]));
  return { ...account, records };
};
type Copied = Awaited<ReturnType<typeof copyRows>>;

const unlockKeyOf = (passphrase: string, { salt, memoryKib, passes }: Copied): Uint8Array =>
  passphraseKeys(sumo, {
    owner,
    passphrase,
    parameters: { salt, memoryKiB: memoryKib, passes },
    deviceSecret: null,
  }).unlockKey;

const unlockKeyOfWords = (words: readonly string[]): Uint8Array =>
  recoveryKeys(sumo, owner, entropyOf(words.join(" "), RECOVERY_BYTES)).unlockKey;

const unwrap = (door: VaultDoor, unlockKey: Uint8Array, wrapped: Uint8Array): VaultKey =>
  unwrapVaultKey(sumo, { owner, door, unlockKey }, wrapped);

const openUnder = (vaultKey: VaultKey, { vaultVersion, recordList, records }: Copied) =>
  openRecords(sumo, { owner, vaultKey }, { version: vaultVersion, list: recordList, records });

/** Notes may be saved beside these at any time. */
const lasting = (records: VaultRecords) => {
  const found = ["identity", "static", "archive", "newsroom"].map((id) => records.get(id));
  expect(found).not.toContain(undefined);
  return found;
};

const refused = (work: () => unknown): string => {
  try {
    work();
    return "opened";
  } catch (error) {
    return codeOf(error);
  }
};

beforeAll(async () => {
  server = await startTestServer();
  ann = await setUpByWorker(server);
  const { account, session } = ann.client;
  owner = { newsroomId: session.member().newsroomId, userName: ann.userName };
  before = await copyRows();
  oldKey = unwrap("passphrase", unlockKeyOf(PASSPHRASE, before), before.wrappedKey);
  newWords = await account.draftRecoveryWords();
  const typed = { current: PASSPHRASE, passphrase: OTHER, device: "keep" } as const;
  await account.changePassphrase({ ...typed, keepDevice: false });
  after = await copyRows();
}, 60_000);
afterAll(() => server.stop());

it("until then the old passphrase and the old words open the vault", () => {
  expect(openUnder(oldKey, before).size).toBeGreaterThan(3);
  const byWords = unlockKeyOfWords(ann.recoveryWords);
  expect(unwrap("recovery", byWords, before.recoveryWrappedKey)).toEqual(oldKey);
});

it("afterwards the new passphrase and the new words open one new key, and by it the same records", () => {
  const newKey = unwrap("passphrase", unlockKeyOf(OTHER, after), after.wrappedKey);
  expect(unwrap("recovery", unlockKeyOfWords(newWords), after.recoveryWrappedKey)).toEqual(newKey);
  expect(newKey).not.toEqual(oldKey);
  expect(lasting(openUnder(newKey, after))).toEqual(lasting(openUnder(oldKey, before)));
});

it("every record and the list are other bytes", () => {
  const kept = [...after.records].filter(([id, sealed]) => {
    const old = before.records.get(id);
    return old !== undefined && equal(old, sealed);
  });
  expect(kept).toEqual([]);
  expect([...after.records.keys()]).toEqual(expect.arrayContaining([...before.records.keys()]));
  expect(after.recordList).not.toEqual(before.recordList);
});

it("the old key opens not the new list, and not one of the new records", () => {
  expect(refused(() => openUnder(oldKey, after))).toBe("vault-broken");
  const version = after.vaultVersion;
  for (const one of after.records) {
    const records = new Map([one]);
    // A list that the old key does open, so that only the record is left to fail.
    const list = sealList(sumo, { owner, vaultKey: oldKey }, { version, records });
    const open = () => openRecords(sumo, { owner, vaultKey: oldKey }, { version, list, records });
    expect([one[0], refused(open)]).toEqual([one[0], "vault-broken"]);
  }
});

it("the old passphrase and the old words open neither of the new wraps", () => {
  const old = [
    unlockKeyOf(PASSPHRASE, before),
    unlockKeyOf(PASSPHRASE, after),
    unlockKeyOfWords(ann.recoveryWords),
  ];
  const doors = [
    ["passphrase", after.wrappedKey],
    ["recovery", after.recoveryWrappedKey],
  ] as const;
  const tries = old.flatMap((key) =>
    doors.map(([door, wrapped]) => refused(() => unwrap(door, key, wrapped))),
  );
  expect(tries).toEqual(Array(6).fill("vault-broken"));
});
