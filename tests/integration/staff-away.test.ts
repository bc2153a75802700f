import { expect, it } from "vitest";
import { dropDatabase, startTestServer } from "../support/server.ts";
import { createClient, loginBody, setUp } from "../support/staff.ts";

it("answers that the database is away, and no fault, when it is", async () => {
  const server = await startTestServer();
  const { admin, client } = await setUp(server);
  const body = loginBody(server, admin, 1);
  await dropDatabase(server.databaseName);
  const answers = [
    await createClient(server).post("/api/login", body),
    await createClient(server).post("/api/prelogin", { userName: "ann" }),
    await client.get("/api/vault"),
    await client.get("/api/me"),
    await client.get("/api/newsroom"),
    await client.post("/api/vault", {}),
  ];
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503, 503]);
  await server.stop().catch(() => undefined);
});
