import { afterAll, beforeAll, expect, it } from "vitest";
import { createReadingRoom } from "../../src/browser/newsroom/worker/reading/room.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { logInAt, workerClient } from "../support/worker-client.ts";
import { type Colleague, enrol, foundNewsroom } from "../support/worker-colleagues.ts";
import { deskClock, tipTo } from "../support/worker-desk.ts";

/** One request breaks just after a new list has come: what is to follow from that list follows all the same. */
let server: TestServer;
let ann: Colleague;
let bob: Colleague;
let broken: string | null = null;
const ANN = 1;
const BOB = 2;
beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server);
  bob = await enrol(server, ann, "Bob", {
    before: (path, method) => {
      if (path === broken && method !== "POST") throw new Error("the line broke");
    },
  });
  await ann.client.keys.confirmRoster();
}, 120_000);
afterAll(() => server?.stop());

it("new messaging keys are published at the next look", async () => {
  await ann.client.keys.rotate({ members: [BOB] });
  broken = "/api/vault";
  await expect(bob.world().refreshRoster()).rejects.toThrow();
  broken = null;
  expect(await bob.world().refreshRoster()).toBe(true);
  expect(await bob.world().refreshRoster()).toBe(false);
  const { generation } = bob.world().entry;
  const { keys } = await bob.world().api.call("messagingKeys", null);
  const own = keys.filter((key) => key.memberNumber === BOB && key.generation === generation);
  expect([generation, own.length > 0]).toEqual([1, true]);
  expect(await tipTo(server, [ANN, BOB], "Under the new keys")).toEqual([ANN, BOB]);
});

it("a desk that was reading reads to the end", async () => {
  let at: "reading" | "listed" | "broken" = "reading";
  const client = workerClient(server, {
    line: async ({ path }, ask) => {
      if (at === "reading" && path.startsWith("/api/messages/block")) {
        at = "listed";
        await ann.client.keys.renewRoster();
        await tipTo(server, [ANN, BOB], "Under the newest list");
      } else if (at === "listed" && path.startsWith("/api/rosters")) {
        at = "broken";
        throw new Error("the line broke");
      }
      return ask();
    },
  });
  const room = createReadingRoom(
    client.session,
    deskClock(() => false),
  );
  await logInAt(client, bob);
  await room.library().all;
  expect(at).toBe("broken");
  const lines = room
    .library()
    .book.newestFirst()
    .map(({ messages }) => messages[0]?.opened?.firstLine);
  expect(lines).toEqual(["Under the newest list", "Under the new keys"]);
});
