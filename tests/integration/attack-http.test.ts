import { afterAll, beforeAll, expect, it } from "vitest";
import { headersOf } from "../../src/server/http/headers.ts";
import { sayTo } from "../support/raw-request.ts";
import { startTestServer, type TestServer } from "../support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

it.each([
  ["no host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"],
  ["an empty host", "GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n"],
  ["two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n"],
  ["HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"],
  ["another protocol", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
])("answers %s with every header and without the time", async (_what, said) => {
  for (const app of ["source", "newsroom"] as const) {
    const port = app === "source" ? server.config.sourcePort : server.config.newsroomPort;
    const got = await sayTo(port, said);
    expect([400, 421]).toContain(got.status);
    for (const [name, value] of headersOf(app)) {
      expect(got.headers.get(name.toLowerCase())).toBe(value);
    }
    expect(got.headers.has("date")).toBe(false);
  }
});
