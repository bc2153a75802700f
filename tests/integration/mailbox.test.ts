import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseMailboxAnswer } from "../../src/protocol/public/block.ts";
import type { MailboxPublicKey } from "../../src/protocol/public/crypto.ts";
import { parseMessage } from "../../src/protocol/public/envelope.ts";
import {
  type ChallengeAnswer,
  encodeAnswer,
  parseChallenge,
} from "../../src/protocol/public/mailbox.ts";
import { answerChallenge } from "../../src/protocol/secret/mailbox-login.ts";
import { type PaperNewsroom, paperSource } from "../support/paper-newsroom.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  ask,
  enterMailbox,
  parseStored,
  storeNewsroom,
  tipFrom,
} from "../support/stored-newsroom.ts";
import { sodium } from "../vectors/backends.ts";

let server: TestServer;
let newsroom: PaperNewsroom;
beforeAll(async () => {
  server = await startTestServer();
  newsroom = await storeNewsroom(server);
});
afterAll(() => server.stop());

describe("a returning source", () => {
  it("gets what it is owed, in order, with slot and body", async () => {
    const source = await enterMailbox(server, newsroom);
    const tips = [tipFrom(newsroom, source, "one"), tipFrom(newsroom, source, "two")];
    for (const tip of tips) await source.post(tip.bytes);
    const { rows, more } = parseMailboxAnswer(new Uint8Array((await source.read()).bytes));
    expect(more).toBe(false);
    expect(rows.map((row) => row.sealedBody)).toEqual(
      tips.map((tip) => parseMessage(sodium, tip.bytes).sealedBody),
    );
    const later = await source.read(rows[0]?.arrival);
    expect(parseMailboxAnswer(new Uint8Array(later.bytes)).rows).toHaveLength(1);
  });

  it("pages through a mailbox larger than one answer", async () => {
    const source = await enterMailbox(server, newsroom);
    const text = "x".repeat(250_000);
    for (let i = 0; i < 9; i++) {
      const answer = await source.post(tipFrom(newsroom, source, `${i}${text.repeat(3)}`).bytes);
      expect(answer.status).toBe(200);
    }
    const seen: number[] = [];
    for (let more = true; more; ) {
      const answer = await source.read(seen.at(-1) ?? 0);
      expect(answer.bytes.length).toBeLessThanOrEqual(8 * 1_048_576 + 5);
      const page = parseMailboxAnswer(new Uint8Array(answer.bytes));
      seen.push(...page.rows.map((row) => row.arrival));
      more = page.more;
    }
    expect(seen).toHaveLength(9);
  });

  it("finds an unknown mailbox answered like an empty one: same bytes, same queries", async () => {
    const emptied = await enterMailbox(server, newsroom);
    await emptied.post(tipFrom(newsroom, emptied).bytes);
    expect((await emptied.ask("/api/mailbox/delete", { method: "POST" })).status).toBe(204);
    const unknown = await enterMailbox(server, newsroom);
    const queries = async (work: () => Promise<unknown>): Promise<number> => {
      const { query } = server.pool;
      let asked = 0;
      server.pool.query = ((...args: Parameters<typeof query>) => {
        asked += 1;
        return query.apply(server.pool, args);
      }) as typeof query;
      await work();
      server.pool.query = query;
      return asked;
    };
    const answers: string[] = [];
    const read = (source: typeof unknown) => async () => {
      const { status, headers, bytes } = await source.read();
      answers.push(JSON.stringify({ status, headers, bytes }));
    };
    const asked = [await queries(read(emptied)), await queries(read(unknown))];
    expect(asked[0]).toBeGreaterThan(0);
    expect(asked[0]).toBe(asked[1]);
    expect(answers[0]).toBe(answers[1]);
  });

  it("deletes everything for good", async () => {
    const source = await enterMailbox(server, newsroom);
    const { arrival } = parseStored(await source.post(tipFrom(newsroom, source).bytes));
    await source.ask("/api/mailbox/delete", { method: "POST" });
    const left = await server.pool.query("SELECT 1 FROM slot WHERE arrival = $1", [arrival]);
    expect(left.rowCount).toBe(0);
    expect(parseMailboxAnswer(new Uint8Array((await source.read()).bytes)).rows).toEqual([]);
  });

  it("loses its token after half an hour", async () => {
    const source = await enterMailbox(server, newsroom);
    server.moveSeconds(1_801);
    expect((await source.read()).code).toBe("not-logged-in");
    server.moveSeconds(-1_801);
  });

  it("is refused alike with a late answer, a wrong one and a low-order key", async () => {
    const keys = paperSource(sodium, newsroom);
    const challenge = async () => {
      const { bytes } = await ask(`${server.source}/api/mailbox/challenge`, { method: "POST" });
      const asked = parseChallenge(new Uint8Array(bytes));
      return answerChallenge(sodium, asked, { newsroomId: newsroom.newsroomId, source: keys });
    };
    const show = async (answer: ChallengeAnswer) => {
      const sent = { method: "POST", body: encodeAnswer(answer) };
      const { status, bytes } = await ask(`${server.source}/api/mailbox/token`, sent);
      return `${status} ${bytes}`;
    };
    const right = await challenge();
    const wrong = await show({ ...right, mac: new Uint8Array(32) });
    const lowOrder = await show({ ...right, mailbox: new Uint8Array(32) as MailboxPublicKey });
    server.moveSeconds(121);
    const late = await show(right);
    server.moveSeconds(-121);
    expect([wrong, lowOrder, late]).toEqual(Array(3).fill('403 {"error":"wrong-answer"}'));
    expect(await show(right)).toMatch(/^200/);
  });
});
