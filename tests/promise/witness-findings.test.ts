import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keysFunctions } from "../../src/browser/newsroom/worker/keys.ts";
import { topUp } from "../../src/browser/newsroom/worker/messaging-keys.ts";
import { signNext } from "../../src/browser/newsroom/worker/newsroom-key.ts";
import { equal } from "../../src/protocol/public/bytes.ts";
import {
  checkpointText,
  encodeNote,
  logNameOf,
  openCheckpoint,
} from "../../src/protocol/public/log-checkpoint.ts";
import { encodeEvidence, parseEvidence } from "../../src/protocol/public/log-evidence.ts";
import { parseMessagingKey } from "../../src/protocol/public/messaging-key.ts";
import { parseSeen, type Seen } from "../../src/protocol/public/seen.ts";
import { periodOf } from "../../src/protocol/public/time.ts";
import type { MessagingSeed } from "../../src/protocol/secret/crypto.ts";
import { signMessagingKey } from "../../src/protocol/secret/sign.ts";
import { signSeen } from "../../src/protocol/secret/sign-seen.ts";
import { bytes } from "../../src/server/database/database.ts";
import { createAppend } from "../../src/server/log/append.ts";
import { logSigner } from "../../src/server/secrets/log-signing.ts";
import { paperStore } from "../support/paper-staff.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  keepState,
  kindsOf,
  leavesOf,
  type Opened,
  rewriteLog,
  twoWitnesses,
  VAULT_TABLES,
  type Witnesses,
} from "../support/witnesses.ts";
import { sumo } from "../vectors/backends.ts";

const MESSAGING_KEY = 4;

/** Lies told one after the other to desks that stay open: each is found, and nothing is found once it is over. */
let server: TestServer;
let both: Witnesses;
let ann: Opened;
let ben: Opened;
type Lie = (url: string, answer: Uint8Array) => Uint8Array | null;
let lie: Lie = () => null;

const look = async (by: Opened, told: Lie = () => null): Promise<readonly string[]> => {
  lie = told;
  try {
    return (await by.log.lookAtLog()).findings.map(({ kind }) => kind);
  } finally {
    lie = () => null;
  }
};

beforeAll(async () => {
  server = await startTestServer({ now: new Date("2026-11-22T12:00:00Z") });
  both = await twoWitnesses(server);
  const alter: Lie = (url, answer) => lie(url, answer);
  ann = await both.ann.open({ alter });
  ben = await both.ben.open({ alter });
}, 120_000);
afterAll(() => server?.stop());

const storedSeen = async (memberNumber: number): Promise<Uint8Array> => {
  const found = await server.world.db.seenStatement.findUniqueOrThrow({ where: { memberNumber } });
  return new Uint8Array(found.statement);
};
const putSeen = (memberNumber: number, statement: Uint8Array) =>
  server.world.db.seenStatement.update({
    where: { memberNumber },
    data: { statement: bytes(statement) },
  });

/** What a member's own browser would sign, had it been shown something else. */
const seenBy = async ({ session }: Opened, changed: Partial<Seen>): Promise<Uint8Array> => {
  const { newsroomId, own, memberNumber } = session.world();
  const seen = { ...parseSeen(await storedSeen(memberNumber)), ...changed };
  return signSeen(sumo, seen, { newsroomId, seed: own.identitySeed });
};

/** Signed as the real checkpoint is, with a key of somebody else's. */
const signedAnew: Lie = (url, answer) => {
  if (!url.includes("/api/log/evidence")) return null;
  const evidence = parseEvidence(answer);
  const name = logNameOf(ann.session.world().newsroomId);
  const head = openCheckpoint(sumo, evidence.checkpoint, { name, key: evidence.logKey });
  const other = logSigner(new Uint8Array(32).fill(7));
  const text = checkpointText(name, head);
  const signed = { text, signature: other.sign(text) };
  const checkpoint = encodeNote(sumo, { name, key: other.key }, signed);
  return encodeEvidence({ ...evidence, logKey: other.key, checkpoint });
};

describe("a witness", { timeout: 60_000 }, () => {
  it("finds nothing before", async () => {
    expect([await look(ann), await look(ben), await look(ann)]).toEqual([[], [], []]);
  });

  it("finds a log that is signed with another key than before", async () => {
    expect(await look(ann, signedAnew)).toEqual(["log-key"]);
    expect(await look(ann)).toEqual([]);
  });

  it("finds a colleague who was shown another log of the same size, by name", async () => {
    const real = await storedSeen(2);
    await putSeen(2, await seenBy(ben, { root: new Uint8Array(32).fill(9) }));
    expect(await look(ann)).toEqual(["colleague-fork"]);
    expect(ann.log.witnessed().findings).toMatchObject([{ name: "Ben" }]);
    await putSeen(2, real);
    expect(await look(ann)).toEqual([]);
  });

  it("finds a colleague whose vault was set back, by name", async () => {
    const real = await storedSeen(2);
    await putSeen(2, await seenBy(ben, { vaultVersion: 0 }));
    expect(await look(ann)).toEqual(["colleague-back"]);
    expect(ann.log.witnessed().findings).toMatchObject([{ name: "Ben" }]);
    await putSeen(2, real);
    expect(await look(ann)).toEqual([]);
  });

  it("finds a colleague whose vault is another one under the same number, by name", async () => {
    const real = await storedSeen(2);
    await putSeen(2, await seenBy(ben, { vaultHash: new Uint8Array(32).fill(9) }));
    expect(await look(ann)).toEqual(["colleague-back"]);
    expect(ann.log.witnessed().findings).toMatchObject([{ name: "Ben" }]);
    await putSeen(2, real);
    expect(await look(ann)).toEqual([]);
  });

  it("finds that its own vault is not the one of which it has told", async () => {
    const real = await storedSeen(1);
    const vaultVersion = ann.session.world().records.version();
    for (const told of [
      { vaultVersion: vaultVersion + 1 },
      { vaultVersion, vaultHash: new Uint8Array(32).fill(9) },
    ]) {
      await putSeen(1, await seenBy(ann, told));
      expect(await look(ann)).toEqual(["vault-back"]);
      await putSeen(1, real);
      expect(await look(ann)).toEqual([]);
    }
  });

  it("finds that its own vault was set back", async () => {
    const back = await keepState(server, VAULT_TABLES);
    await ann.session
      .world()
      .records.change(() => ({ put: new Map([["anything", new Uint8Array(9)]]) }));
    expect(await look(ann)).toEqual([]);
    await back();
    expect(kindsOf(await both.ann.open())).toEqual(["vault-back"]);
    // What it has signed itself tells a browser, too, that remembers nothing.
    expect(kindsOf(await both.ann.open({ store: paperStore() }))).toEqual(["vault-back"]);
  });
});

describe("a witness of keys", { timeout: 60_000 }, () => {
  const periodNow = (): number => periodOf(ann.session.world().today);
  let forged: Uint8Array;

  beforeAll(async () => {
    await server.world.db.seenStatement.deleteMany();
    ann = await both.ann.open({ store: paperStore() });
  }, 60_000);

  it("finds a key in its name that sources are shown, and says so until it is void", async () => {
    const { newsroomId, memberNumber, own, entry } = ann.session.world();
    const period = periodNow();
    forged = signMessagingKey(sumo, {
      newsroomId,
      memberNumber,
      generation: entry.generation,
      period,
      identitySeed: own.identitySeed,
      seed: new Uint8Array(32).fill(5) as MessagingSeed,
    });
    const where = { memberNumber, period };
    const real = await server.world.db.messagingKey.findFirstOrThrow({ where });
    const offer = async (statement: Uint8Array): Promise<void> => {
      await server.world.db.messagingKey.updateMany({
        where,
        data: { statement: bytes(statement) },
      });
      await server.pool.query("UPDATE newsroom_version SET version = version + 1");
    };
    await offer(forged);
    await server.world.db.$transaction((tx) => createAppend(server.world)(tx, [bytes(forged)]));
    expect(await look(ann)).toEqual(["foreign-key", "source-key"]);
    expect(await look(ben)).toEqual([]);
    await offer(real.statement);
    expect(await look(ann)).toEqual(["foreign-key"]);
    // Its leaf is not read again, and the key stands in the log all the same.
    ann = await both.ann.open();
    expect(kindsOf(ann)).toEqual(["foreign-key"]);
    await keysFunctions(ann.session).rotate({ members: [memberNumber] });
    expect(await look(ann)).toEqual(["foreign-key"]);
    ann = await both.ann.open();
    expect(kindsOf(ann)).toEqual([]);
  });

  it("misses none of its own between a rotation and the new ones", async () => {
    const { roster, memberNumber } = ann.session.world();
    const raised = roster.entries.map((entry) =>
      entry.memberNumber === memberNumber ? { ...entry, generation: entry.generation + 1 } : entry,
    );
    await signNext(ann.session, { entries: raised });
    expect(await look(ann)).toEqual([]);
    await topUp(ann.session);
    expect(await look(ann)).toEqual([]);
  });

  it("finds a key of its own that was published and never logged", async () => {
    const ofAnn = (leaf: Uint8Array) =>
      leaf[0] === MESSAGING_KEY && parseMessagingKey(leaf).memberNumber === 1;
    const leaves = (await leavesOf(server)).filter((leaf) => !equal(leaf, forged));
    const last = Math.max(...leaves.filter(ofAnn).map((leaf) => parseMessagingKey(leaf).period));
    await ann.session.world().records.change(() => ({ remove: ["log"] }));
    await server.world.db.seenStatement.deleteMany();
    await rewriteLog(
      server,
      leaves.filter((leaf) => !ofAnn(leaf) || parseMessagingKey(leaf).period !== last),
    );
    const fresh = await both.ann.open({ store: paperStore() });
    expect(kindsOf(fresh)).toEqual(["key-missing"]);
    expect(await look(fresh)).toEqual(["key-missing"]);
  });
});
