import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { codeOf } from "../../src/browser/kit/code-error.ts";
import { findMember } from "../../src/protocol/public/roster.ts";
import { paperStore } from "../support/paper-staff.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { logInAt, type WorkerClient, workerClient } from "../support/worker-client.ts";
import { type Colleague, foundNewsroom } from "../support/worker-colleagues.ts";

/** One admin, two tabs; the second one has not heard of what the first has signed. */
let server: TestServer;
let ann: Colleague;
let other: WorkerClient;
const store = paperStore();
/** What the first tab writes to its vault next, once a list is signed, waits for this. */
let slow: { readonly until: Promise<void>; signed: boolean } | null = null;

/** Answers what opens it. */
const closeGate = (): (() => void) => {
  let open = (): void => undefined;
  const until = new Promise<void>((done) => {
    open = done;
  });
  slow = { until, signed: false };
  return () => open();
};

/** A server that says to the first tab that there is no newer list. */
let hidden = false;
const NO_LIST = new Uint8Array(2);

const open = (): Promise<WorkerClient> => logInAt(workerClient(server, { store }), ann);

beforeAll(async () => {
  server = await startTestServer();
  ann = await foundNewsroom(server, "Ann", {
    store,
    alter: (url) => (hidden && url.includes("/api/rosters?from=") ? NO_LIST : null),
    line: async ({ path, body }, ask) => {
      if (path === "/api/vault" && body !== null && slow?.signed === true) {
        const { until } = slow;
        slow = null;
        await until;
      }
      const answer = await ask();
      if (path === "/api/roster" && body !== null && slow !== null) slow.signed = true;
      return answer;
    },
  });
  other = await open();
});
afterAll(() => server.stop());

const generation = (): number => findMember(other.session.world().roster, 1)?.generation ?? -1;

it("keys are not said to be void because another tab has just declared others void", async () => {
  await ann.client.keys.rotate({ members: [1] });
  const rotated = other.keys.rotate({ members: [1] });
  // The same list would have been signed once more, byte for byte, and counted as there.
  expect(await rotated.then(() => "done", codeOf)).toBe("roster-changed");
  expect(generation()).toBe(1);
  await other.keys.confirmRoster();
  await other.keys.rotate({ members: [1] });
  expect(generation()).toBe(2);
});

it("nor because the newer list arrives while the old one is being signed", async () => {
  await ann.client.session.world().refreshRoster();
  await ann.client.keys.confirmRoster();
  const before = generation();
  await ann.client.keys.rotate({ members: [1] });
  // What an open desk does each minute.
  const looked = other.session.world().refreshRoster();
  const rotated = other.keys.rotate({ members: [1] });
  expect(await rotated.then(() => "done", codeOf)).toBe("roster-changed");
  await looked;
  expect(generation()).toBe(before + 1);
});

it("nor is the list that one tab holds taken back by the other, which has signed before it and is slower", async () => {
  await ann.client.session.world().refreshRoster();
  await ann.client.keys.confirmRoster();
  const gate = closeGate();
  const rotated = ann.client.keys.rotate({ members: [1] });
  await vi.waitFor(() => expect(slow).toBeNull());
  await other.session.world().refreshRoster();
  await other.keys.confirmRoster();
  await other.keys.rotate({ members: [1] });
  gate();
  await rotated;
  const third = await open();
  expect(third.keys.overview().warnings).not.toContain("roster-unconfirmed");
  // And the slower one goes on from the newer list.
  await ann.client.keys.rotate({ members: [1] });
});

it("nor does a server that hides the newer list from the slower tab get a signature under the old one", async () => {
  await other.session.world().refreshRoster();
  await other.keys.confirmRoster();
  const gate = closeGate();
  const rotated = ann.client.keys.rotate({ members: [1] });
  await vi.waitFor(() => expect(slow).toBeNull());
  await other.session.world().refreshRoster();
  await other.keys.confirmRoster();
  await other.keys.rotate({ members: [1] });
  hidden = true;
  gate();
  await rotated;
  const next = ann.client.keys.rotate({ members: [1] });
  expect(await next.then(() => "done", codeOf)).toBe("roster-contradicted");
  expect(ann.client.keys.overview().warnings).toContain("roster-contradicted");
  hidden = false;
});

it("nor from a tab that has signed nothing meanwhile", async () => {
  await ann.client.session.world().refreshRoster();
  await ann.client.keys.confirmRoster();
  await other.session.world().refreshRoster();
  await other.keys.confirmRoster();
  hidden = true;
  await other.keys.rotate({ members: [1] });
  const next = ann.client.keys.rotate({ members: [1] });
  expect(await next.then(() => "done", codeOf)).toBe("roster-contradicted");
  const confirmed = ann.client.keys.confirmRoster();
  expect(await confirmed.then(() => "done", codeOf)).toBe("roster-contradicted");
  hidden = false;
});
