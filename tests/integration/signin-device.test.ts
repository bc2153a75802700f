import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { codeOf } from "../../src/browser/kit/code-error.ts";
import { entropyOf } from "../../src/protocol/secret/codename.ts";
import { DEVICE_SECRET_BYTES, passphraseKeys } from "../../src/protocol/secret/passphrase.ts";
import { unwrapVaultKey } from "../../src/protocol/secret/vault.ts";
import { needlesOf, phraseCanaries, search } from "../support/canary.ts";
import { dumpTables, searchTables } from "../support/dump.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { startAgain } from "../support/staff.ts";
import {
  type Carry,
  type SetUpAccount,
  setUpByWorker,
  type WorkerClient,
  type WorkerClientOptions,
  workerClient,
} from "../support/worker-client.ts";
import { sumo } from "../vectors/backends.ts";

/** A device secret in the worker's own hands, against a real server: real Argon2id, real vault. */
const base = await startTestServer();
let server: TestServer;
let ann: SetUpAccount;
let card: string;
const cleanUp: TestServer[] = [];
const stopAll = async () => {
  for (const one of cleanUp.splice(0)) await one.stop();
};
afterAll(async () => {
  await stopAll();
  await base.stop();
});

beforeEach(async () => {
  await stopAll();
  server = await startAgain(base);
  cleanUp.push(server);
  ann = await setUpByWorker(server);
  card = await turnOn(ann.client, false);
});

const turnOn = async (client: WorkerClient, keepDevice: boolean): Promise<string> => {
  const words = await client.device.draftDevice();
  await client.account.draftRecoveryWords();
  const { passphrase } = ann;
  await client.account.changePassphrase({
    current: passphrase,
    passphrase,
    device: "new",
    keepDevice,
  });
  return words.join(" ");
};

const secretOn = (words: string): Uint8Array => entropyOf(words, DEVICE_SECRET_BYTES);

type Typed = { readonly device?: string; readonly keepDevice?: boolean };
const enter = async (typed: Typed = {}, options: WorkerClientOptions = {}) => {
  const client = workerClient(server, options);
  const { userName, passphrase } = ann;
  await client.account.logIn({
    userName,
    passphrase,
    factor: { totpCode: ann.code() },
    ...typed,
  });
  return client;
};
const refusal = (work: Promise<unknown>): Promise<string> => work.then(() => "none", codeOf);

describe("once it is on", () => {
  it("passphrase and code alone do not log in, nor does another card", async () => {
    const other = (await ann.client.device.draftDevice()).join(" ");
    expect(await refusal(enter())).toBe("wrong-login");
    expect(await refusal(enter({ device: other }))).toBe("wrong-login");
    expect(await (await enter({ device: card })).device.deviceState()).toEqual({
      on: true,
      keptHere: false,
    });
  });

  it("whoever has the account's row and the passphrase does not open the vault, and with the card would", async () => {
    const row = await server.world.db.account.findFirstOrThrow();
    const parameters = { salt: row.salt, memoryKiB: row.memoryKib, passes: row.passes };
    const { newsroomId } = ann.client.session.world();
    const owner = { newsroomId, userName: "ann" };
    const { passphrase } = ann;
    const open = (deviceSecret: Uint8Array | null): Uint8Array => {
      const input = { owner, passphrase, parameters, deviceSecret };
      const { unlockKey } = passphraseKeys(sumo, input);
      return unwrapVaultKey(sumo, { owner, door: "passphrase", unlockKey }, row.wrappedKey);
    };
    expect(() => open(null)).toThrow("vault-broken");
    expect(open(secretOn(card))).toHaveLength(32);
  });

  it("it stands in no table and in nothing that a browser sends, from the day it is made", async () => {
    const sent: Buffer[] = [];
    const line: Carry = ({ path, body }, ask) => {
      const bytes = body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(String(body));
      sent.push(Buffer.from(path), bytes);
      return ask();
    };
    const hashCost = { memoryKiB: 73_728, passes: 4 };
    const second = await turnOn(await enter({ device: card }, { line }), true);
    await enter({ device: second, keepDevice: true }, { line, hashCost });
    const needles = needlesOf([
      ...phraseCanaries("card", second.split(" ")),
      { name: "secret", secret: secretOn(second) },
    ]);
    expect(sent.length).toBeGreaterThan(20);
    expect(search(Buffer.concat(sent), needles)).toEqual([]);
    const database = await server.pool.connect();
    expect(searchTables(await dumpTables(database), needles)).toEqual([]);
    database.release();
  });

  it("nothing that the server says or stores tells of it", async () => {
    const { rows } = await server.pool.query("SELECT a::text AS row FROM account AS a");
    const asked = await ann.client.session.api.call("prelogin", { userName: "ann" });
    expect(Object.keys(asked).sort()).toEqual(["memoryKiB", "passes", "salt"]);
    expect(JSON.stringify(rows)).not.toMatch(/device/i);
  });

  it("a browser that keeps it adds it by itself, until it is told to forget", async () => {
    const { session, device } = await enter({ device: card, keepDevice: true });
    const { store } = session;
    const again = await enter({}, { store });
    expect(await again.device.deviceState()).toEqual({ on: true, keptHere: true });
    await device.forgetDevice({ userName: "ann" });
    expect(await refusal(enter({}, { store }))).toBe("wrong-login");
  });

  it("a new passphrase keeps it", async () => {
    const client = await enter({ device: card });
    await client.account.draftRecoveryWords();
    const passphrase = "gravel mosaic ferry onward stapler tulip";
    const change = { passphrase, device: "keep", keepDevice: false } as const;
    await client.account.changePassphrase({ ...change, current: ann.passphrase });
    ann = { ...ann, passphrase };
    expect(await refusal(enter())).toBe("wrong-login");
    await enter({ device: card });
  });

  it("a passphrase made dearer keeps it", async () => {
    const hashCost = { memoryKiB: 73_728, passes: 4 };
    await enter({ device: card }, { hashCost });
    const [account] = await server.world.db.account.findMany();
    expect(account?.passes).toBe(4);
    expect(await refusal(enter())).toBe("wrong-login");
    await enter({ device: card });
  });

  it("turning it off takes a new vault key, and the passphrase is enough again", async () => {
    const client = await enter({ device: card });
    const [before] = await server.world.db.account.findMany();
    await client.account.draftRecoveryWords();
    const { passphrase } = ann;
    const change = { current: passphrase, passphrase, device: "off", keepDevice: false } as const;
    await client.account.changePassphrase(change);
    const [after] = await server.world.db.account.findMany();
    expect(after?.recoveryWrappedKey).not.toEqual(before?.recoveryWrappedKey);
    expect(await (await enter()).device.deviceState()).toEqual({ on: false, keptHere: false });
  });
});

it("recovery words need no card, and turn it off", async () => {
  const fresh = workerClient(server);
  const client = await enter({ device: card });
  const words = (await client.account.draftRecoveryWords()).join(" ");
  const { passphrase, userName } = ann;
  const kept = { current: passphrase, passphrase, device: "keep", keepDevice: false } as const;
  await client.account.changePassphrase(kept);
  await fresh.account.recover({ userName, words, factor: { totpCode: ann.code() } });
  await fresh.account.draftRecoveryWords();
  const off = { current: null, passphrase, device: "off", keepDevice: false } as const;
  await fresh.account.changePassphrase(off);
  await enter();
});

it("a right card of a wrong shape is told before anything is asked", async () => {
  expect(await refusal(enter({ device: card.split(" ").slice(1).join(" ") }))).toBe(
    "codename-length",
  );
});
