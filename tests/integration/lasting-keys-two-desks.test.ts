import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../support/server.ts";
import {
  foundNewsroom,
  openWorkerDesk,
  type Seat,
  type WorkerDesk,
} from "../support/worker-desk.ts";

/** Bob asks for new lasting keys at one desk and gives them up at another: keys that no vault holds must not be signed. */
let server: TestServer;
let bob: Seat;
let anns: WorkerDesk;
let desk: WorkerDesk;
let other: WorkerDesk;
beforeAll(async () => {
  server = await startTestServer();
  const { ann, ...people } = await foundNewsroom(server);
  bob = people.bob;
  anns = await openWorkerDesk(server, ann);
  await anns.client.keys.confirmRoster();
}, 60_000);
afterAll(() => server?.stop());
beforeEach(async () => {
  desk = await openWorkerDesk(server, bob);
  other = await openWorkerDesk(server, bob);
});

const apiOf = (one: WorkerDesk) => one.client.session.world().api;
const stateAt = async (one: WorkerDesk) => (await one.lasting.lastingKeys()).change?.state ?? null;
const ask = (one: WorkerDesk) => one.lasting.renewLastingKeys({ stolen: false });
const wishes = () => anns.changes.keyChanges();

/** Something happens in a desk just before it sends this, or just after; once. */
const around = (
  one: WorkerDesk,
  name: string,
  work: { before?(): Promise<unknown>; after?(): Promise<unknown> },
): void => {
  const api = apiOf(one);
  const { call } = api;
  const watched = async (...given: Parameters<typeof call>): Promise<unknown> => {
    if (given[0] !== name) return call(...given);
    Object.assign(api, { call });
    await work.before?.();
    const answer = await call(...given);
    await work.after?.();
    return answer;
  };
  Object.assign(api, { call: watched });
};

it("a desk that was open before knows them, and calls them nobody else's", async () => {
  await ask(desk);
  expect(await stateAt(other)).toBe("waiting");
  expect(await other.lasting.dropKeyChange()).toBe(true);
});

it("handed in again where they were first made, they are in the vault when an admin signs them", async () => {
  await ask(desk);
  await other.client.session.world().records.reload();
  expect(await other.lasting.dropKeyChange()).toBe(true);
  expect(await stateAt(desk)).toBe("made");
  await ask(desk);
  const [row] = await wishes();
  expect(row?.words).toEqual((await desk.lasting.lastingKeys()).change?.words);
  await anns.changes.approveKeyChange({ memberNumber: 2, words: row?.words ?? [] });
  await desk.lasting.lookForSignature();
  const later = await openWorkerDesk(server, bob);
  expect(later.client.session.world().entry.generation).toBe(1);
});

it("given up just before they are handed in, they wait for nobody", async () => {
  around(desk, "postKeyChange", {
    before: async () => {
      await other.client.session.world().records.reload();
      await other.lasting.dropKeyChange();
    },
  });
  await expect(ask(desk)).rejects.toMatchObject({ code: "vault-changed" });
  expect(await wishes()).toEqual([]);
  expect(await stateAt(desk)).toBeNull();
});

it("handed in while they are being given up, they wait for nobody", async () => {
  await ask(desk);
  await other.client.session.world().records.reload();
  around(other, "dropKeyChange", { after: () => ask(desk) });
  expect(await other.lasting.dropKeyChange()).toBe(true);
  expect(await wishes()).toEqual([]);
});
