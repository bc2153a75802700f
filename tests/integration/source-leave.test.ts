import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(() => server?.stop());

const leave = (origin: string): Promise<Response> =>
  fetch(`${origin}/api/leave`, { method: "POST" });

it("leaving the source's page clears what the browser might keep, and no cookie of the newsroom's domain", async () => {
  const answer = await leave(server.source);
  expect(answer.status).toBe(204);
  expect(answer.headers.get("clear-site-data")).toBe('"cache", "storage"');
  expect(answer.headers.get("cache-control")).toBe("no-store");
});

it("leaving exists on the source's listener only", async () => {
  expect((await leave(server.newsroom)).headers.get("clear-site-data")).toBeNull();
});
