import { afterAll, beforeAll, expect, it } from "vitest";
import { collectLetters } from "../../src/browser/newsroom/worker/letters.ts";
import { newsroomSeed } from "../../src/browser/newsroom/worker/newsroom-key.ts";
import { recoveryFunctions } from "../../src/browser/newsroom/worker/recovery.ts";
import { rightsFunctions } from "../../src/browser/newsroom/worker/rights.ts";
import { rotatingFunctions } from "../../src/browser/newsroom/worker/rotating.ts";
import { heldShares } from "../../src/browser/newsroom/worker/word-shares/holding.ts";
import { staffLimits } from "../../src/protocol/public/staff-api.ts";
import { paperStore } from "../support/paper-staff.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { logInAt, type WorkerClient, workerClient } from "../support/worker-client.ts";
import { type Colleague, enrol, foundNewsroom } from "../support/worker-colleagues.ts";

/** A vault takes a certain number of records. What finds no room in a full one must not keep its owner out of the desk that makes room. */
let server: TestServer;
let ann: Colleague;
let bob: Colleague;
let cem: Colleague;
const stores = { Ann: paperStore(), Bob: paperStore(), Cem: paperStore() };
const none = { progress: () => undefined, transfer: () => undefined };

const enter = (who: Colleague): Promise<WorkerClient> => {
  const client = workerClient(server, { store: stores[who.name as keyof typeof stores] });
  rightsFunctions(client.session);
  recoveryFunctions(client.session);
  return logInAt(client, who);
};

const FILLING = "filling:";
const fill = async ({ session }: WorkerClient): Promise<void> => {
  const { records } = session.world();
  await records.reload();
  const length = staffLimits.vaultRecords - records.ids().length;
  const ids = Array.from({ length }, (_, at) => `${FILLING}${at}`);
  await records.change(() => ({ put: new Map(ids.map((id) => [id, new Uint8Array(32)])) }));
};
const makeRoom = ({ session }: WorkerClient): Promise<void> =>
  session.world().records.change((records) => ({
    remove: [...records.keys()].filter((id) => id.startsWith(FILLING)),
  }));

beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server, "Ann", { store: stores.Ann });
  bob = await enrol(server, ann, "Bob", { store: stores.Bob });
  cem = await enrol(server, ann, "Cem", { store: stores.Cem });
}, 120_000);
afterAll(() => server?.stop());

const waitingFor = async (memberNumber: number): Promise<number> => {
  const { waiting } = await ann.world().api.call("waitingLetters", null);
  return waiting.filter(({ to }) => to === memberNumber).length;
};

it("the desk opens when a colleague's share finds no room: it is not kept, and its owner sees that", async () => {
  await fill(bob.client);
  await ann.recovery.makeShares(
    { words: "recovery", typed: ann.words, needed: 2, holders: [2, 3] },
    none,
  );
  const desk = await enter(bob);
  await cem.takeLetters();
  expect([heldShares(desk.session.world()), await waitingFor(2)]).toEqual([[], 0]);
  const [set] = (await ann.recovery.recoveryPage()).sets;
  expect(set?.holders.map(({ name, state }) => `${name} ${state}`)).toEqual([
    "Bob sent",
    "Cem kept",
  ]);
  await makeRoom(desk);
});

it("the desk opens when the newsroom's key finds no room, and the key comes once there is some", async () => {
  const rights = rightsFunctions(ann.client.session);
  await fill(await enter(bob));
  await rights.makeAdmin({ memberNumber: 2 });
  const desk = await enter(bob);
  const holdsKey = (): boolean => newsroomSeed(desk.session.world()) !== null;
  expect([holdsKey(), await waitingFor(2)]).toEqual([false, 1]);
  await makeRoom(desk);
  await collectLetters(desk.session);
  expect([holdsKey(), await waitingFor(2)]).toEqual([true, 0]);
});

it("the desk opens when newsroom words that were asked for find no room, and they come once there is some", async () => {
  await ann.recovery.makeShares(
    { words: "newsroom", typed: ann.newsroomWords, needed: 2, holders: [2, 3] },
    none,
  );
  await cem.takeLetters();
  await ann.recovery.collectNewsroomWords();
  await cem.takeLetters();
  await fill(ann.client);
  await cem.recovery.giveBack({ memberNumber: 1 });
  const desk = await enter(ann);
  await makeRoom(desk);
  const { collected } = await recoveryFunctions(desk.session).recoveryPage();
  expect(collected?.from).toEqual(["Cem"]);
});

const warnsOfOwnKeys = ({ keys }: WorkerClient): boolean =>
  keys.overview().runningOut.some(({ me }) => me);

it("the desk opens when the week's new key finds no room, warns while keys are left, and makes them once there is room", async () => {
  await fill(bob.client);
  const until = bob.client.keys.overview().publishedUntilDay;
  server.moveDays(7);
  const nextWeek = await enter(bob);
  expect(nextWeek.keys.overview().publishedUntilDay).toBe(until);
  expect(warnsOfOwnKeys(nextWeek)).toBe(false);
  server.moveDays(70);
  const later = await enter(bob);
  expect(later.keys.overview().warnings).toContain("keys-end");
  expect(warnsOfOwnKeys(later)).toBe(true);
  await makeRoom(later);
  const freed = await enter(bob);
  expect(warnsOfOwnKeys(freed)).toBe(false);
  expect(freed.keys.overview().publishedUntilDay).toBe((until ?? 0) + 77);
});

it("the desk opens when a rotation's own key finds no room, and takes it once there is some", async () => {
  const anns = await enter(ann);
  const desk = await enter(cem);
  const { session } = desk;
  await rightsFunctions(anns.session).makeAdmin({ memberNumber: 3 });
  const rotating = rotatingFunctions(session);
  await rotating.startRotation({ words: ann.newsroomWords, stolen: true });
  const { chain } = session.opened();
  Object.assign(chain, { fetchNewer: () => Promise.reject(new Error("the line broke")) });
  await expect(rotating.finishRotation()).rejects.toThrow("the line broke");
  await fill(desk);
  const full = await enter(cem);
  expect(rotatingFunctions(full.session).newsroomKeyState()).toMatchObject({
    held: false,
    pending: { state: "stored" },
  });
  await makeRoom(full);
  expect(newsroomSeed((await enter(cem)).session.world())).not.toBeNull();
});
