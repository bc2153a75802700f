import { afterAll, beforeAll, expect, it } from "vitest";
import { openBundle, parseBundle } from "../../src/protocol/public/bundle.ts";
import { recipientsOn } from "../../src/protocol/public/messaging-key.ts";
import { dayOf } from "../../src/protocol/public/time.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { enrol, foundNewsroom } from "../support/worker-colleagues.ts";
import { sumo } from "../vectors/backends.ts";

/** Whoever holds the database alters what sources are shown: it is shown as it is, and browsers refuse it. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await enrol(server, await foundNewsroom(server), "Bob");
}, 60_000);
afterAll(() => server?.stop());

const ask = async (): Promise<Uint8Array> => {
  await server.startAnew();
  const answer = await fetch(`${server.source}/api/newsroom`);
  expect(answer.status).toBe(200);
  return new Uint8Array(await answer.arrayBuffer());
};
const reachable = async (): Promise<readonly number[]> => {
  const { messagingKeys, ...bundle } = parseBundle(await ask());
  const { roster } = openBundle(sumo, { messagingKeys, ...bundle });
  const today = dayOf(server.world.now().getTime());
  const { recipients } = recipientsOn(sumo, messagingKeys, { roster, today });
  return recipients.flatMap(({ entry, messaging }) =>
    messaging === null ? [] : [entry.memberNumber],
  );
};

it("a messaging key that is none any more makes its owner unreachable, and nobody else", async () => {
  const before = await reachable();
  expect(before).toEqual([1, 2]);
  await server.pool.query(
    "UPDATE messaging_key SET statement = decode(repeat('ff', length(statement)), 'hex') WHERE member_number = $1",
    [1],
  );
  expect(await reachable()).toEqual([2]);
});

it("a list that cannot be read is shown, and refused for its signature or shape", async () => {
  await server.pool.query("UPDATE roster SET statement = set_byte(statement, 1, 77)");
  const bundle = parseBundle(await ask());
  expect(() => openBundle(sumo, bundle)).toThrow(/bad-(?:structure|signature)/);
});
