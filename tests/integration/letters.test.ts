import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { base64url } from "../../src/protocol/public/bytes.ts";
import type { StaticPublicKey } from "../../src/protocol/public/crypto.ts";
import { encodeLetter, LETTER_CLASSES, MAX_LETTER } from "../../src/protocol/public/letter.ts";
import { LETTERS_A_PAGE, MOST_WAITING } from "../../src/protocol/public/letters-api.ts";
import { KEM_CIPHERTEXT, TAG } from "../../src/protocol/public/limits.ts";
import { dayOf } from "../../src/protocol/public/time.ts";
import { createRetention } from "../../src/server/retention/job.ts";
import { PLAIN_SETTINGS } from "../support/paper-newsroom.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { type Client, createClient, draw } from "../support/staff.ts";
import { memberCookie, storeNewsroom } from "../support/stored-newsroom.ts";

const ABSENCE_DAYS = 30;

let server: TestServer;
let ann: Client;
let bob: Client;
let cem: Client;
beforeAll(async () => {
  server = await startTestServer();
  await storeNewsroom(server, {
    settings: { ...PLAIN_SETTINGS, longestAbsenceDays: ABSENCE_DAYS },
  });
  const clientOf = async (member: number) =>
    createClient(server, await memberCookie(server, member));
  [ann, bob, cem] = [await clientOf(1), await clientOf(2), await clientOf(3)];
});
afterAll(() => server.stop());

/** As long and as shaped as one; what is in it only its reader could tell. */
const letterOf = (length: number = LETTER_CLASSES[0]): string =>
  base64url(
    encodeLetter({
      generation: 0,
      period: 1,
      senderStatic: draw(32) as StaticPublicKey,
      ciphertext: draw(KEM_CIPHERTEXT),
      sealed: draw(length + TAG),
    }),
  );

const send = (client: Client, to: number, letter = letterOf()) =>
  client.post("/api/letters", { to, letter });

type Row = { readonly id: number; readonly from: number; readonly letter: string };

const page = async (client: Client, after = 0): Promise<{ letters: Row[]; more: boolean }> =>
  (await client.get(`/api/letters/after/${after}`)).body;

const waiting = async (client: Client): Promise<readonly { id: number; to: number }[]> =>
  (await client.get("/api/letters/waiting")).body.waiting;

const empty = () => server.pool.query("DELETE FROM letter");

describe("letters", () => {
  it("reach the one they are for, unchanged, with sender and day", async () => {
    const letter = letterOf();
    const { body } = await send(ann, 2, letter);
    const day = dayOf(server.world.now().getTime());
    expect(await page(bob)).toEqual({
      letters: [{ id: body.id, from: 1, day, letter }],
      more: false,
    });
    expect(await waiting(ann)).toEqual([{ id: body.id, to: 2, day }]);
    await empty();
  });

  it("are shown to nobody else, and are nobody else's to drop", async () => {
    const { body } = await send(ann, 2);
    expect((await page(cem)).letters).toEqual([]);
    expect((await page(ann)).letters).toEqual([]);
    expect(await waiting(cem)).toEqual([]);
    expect((await cem.delete(`/api/letters/${body.id}`)).status).toBe(204);
    expect((await page(bob)).letters).toHaveLength(1);
    await empty();
  });

  it("are dropped by whom they are for and by whom they are from, as often as they like", async () => {
    const kept = await send(ann, 2);
    const tookBack = await send(ann, 2);
    for (const _again of [1, 2]) {
      expect((await bob.delete(`/api/letters/${kept.body.id}`)).status).toBe(204);
      expect((await ann.delete(`/api/letters/${tookBack.body.id}`)).status).toBe(204);
    }
    expect((await page(bob)).letters).toEqual([]);
  });

  it("come oldest first, a page at a time", async () => {
    const ids: number[] = [];
    for (let i = 0; i < LETTERS_A_PAGE + 2; i++) ids.push((await send(ann, 2)).body.id);
    const first = await page(bob);
    expect([first.letters.map(({ id }) => id), first.more]).toEqual([
      ids.slice(0, LETTERS_A_PAGE),
      true,
    ]);
    const second = await page(bob, first.letters.at(-1)?.id);
    expect([second.letters.map(({ id }) => id), second.more]).toEqual([
      ids.slice(LETTERS_A_PAGE),
      false,
    ]);
    await empty();
  });

  it("to nobody's number are refused", async () => {
    for (const to of [0, 77, 65_536]) expect((await send(ann, to)).body.error).toBe("not-found");
    for (const to of [-1, 1.5, 2 ** 40]) expect((await send(ann, to)).status).toBe(400);
  });

  it("have one of three lengths, and no other bytes are a letter", async () => {
    for (const length of LETTER_CLASSES) {
      expect((await send(ann, 2, letterOf(length))).status).toBe(200);
    }
    for (const bytes of [LETTER_CLASSES[0], MAX_LETTER + 1]) {
      expect((await send(ann, 2, base64url(draw(bytes)))).body.error).toBe("bad-request");
    }
    expect((await send(ann, 2, letterOf(1_025))).body.error).toBe("bad-request");
    await empty();
  });

  it("wait in a number that has an end, counted by sender", async () => {
    await server.pool.query(
      `INSERT INTO letter (account_id, to_member, from_member, day, bytes)
       SELECT id, 2, 1, 0, '' FROM account, generate_series(1, $1) WHERE member_number = 2`,
      [MOST_WAITING],
    );
    expect((await send(ann, 3)).body.error).toBe("no-room");
    expect((await send(cem, 2)).status).toBe(200);
    await empty();
  });

  it("go after the longest absence and not before", async () => {
    await send(ann, 2);
    const { run } = createRetention(server.world);
    server.moveDays(ABSENCE_DAYS);
    await run();
    expect(await waiting(createClient(server, await memberCookie(server, 1)))).toHaveLength(1);
    server.moveDays(1);
    await run();
    expect(await waiting(createClient(server, await memberCookie(server, 1)))).toEqual([]);
    server.moveDays(-ABSENCE_DAYS - 1);
  });

  it("go with whom they are for, and not with whom they are from", async () => {
    await send(ann, 3);
    await send(cem, 2);
    await server.pool.query("DELETE FROM account WHERE member_number = 3");
    const { rows } = await server.pool.query("SELECT from_member, to_member FROM letter");
    expect(rows).toEqual([{ from_member: 3, to_member: 2 }]);
    await empty();
  });

  it("are for members with a session, on every route", async () => {
    const nobody = createClient(server);
    const answers = [
      await send(nobody, 2),
      await nobody.get("/api/letters/after/0"),
      await nobody.get("/api/letters/waiting"),
      await nobody.delete("/api/letters/1"),
    ];
    expect(answers.map(({ body }) => body.error)).toEqual(answers.map(() => "not-logged-in"));
    await server.pool.query("UPDATE account SET member_number = NULL WHERE member_number = 2");
    expect((await send(bob, 1)).body.error).toBe("forbidden");
    expect((await bob.get("/api/letters/after/0")).body.error).toBe("forbidden");
  });
});
