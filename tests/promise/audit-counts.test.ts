import { afterEach, beforeEach, expect, it } from "vitest";
import { concat, u16 } from "../../src/protocol/public/bytes.ts";
import { parseMessage } from "../../src/protocol/public/envelope.ts";
import { createRetention } from "../../src/server/retention/job.ts";
import { bodiesOf, recompute, runDayLines, said as saidTo } from "../support/audit.ts";
import { type PaperNewsroom, PLAIN_SETTINGS } from "../support/paper-newsroom.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { createClient } from "../support/staff.ts";
import {
  asMember,
  enterMailbox,
  memberCookie,
  storeNewsroom,
  tipFrom,
} from "../support/stored-newsroom.ts";
import { sodium } from "../vectors/backends.ts";

/** About sources the audit trail says how many on which day, and nothing else. */
let server: TestServer;
let newsroom: PaperNewsroom;
beforeEach(async () => {
  server = await startTestServer();
  newsroom = await storeNewsroom(server, { settings: { ...PLAIN_SETTINGS, retentionDays: 10 } });
  // The first day of all has nothing before it.
  await runDayLines(server);
});
afterEach(() => server.stop());

const reader = async () => {
  const client = createClient(server, await memberCookie(server, 1));
  return { client, newsroomId: newsroom.newsroomId };
};
const said = async () => bodiesOf((await recompute(await reader())).links);

const tell = async () => {
  const source = await enterMailbox(server, newsroom);
  const tip = tipFrom(newsroom, source);
  await source.post(tip.bytes);
  return { source, tip };
};

it("a source that writes, repeats itself and deletes everything leaves no line", async () => {
  const { source, tip } = await tell();
  await source.post(tip.bytes);
  await source.ask("/api/mailbox/delete", { method: "POST" });
  await runDayLines(server);
  expect(await said()).toEqual([]);
});

it("the day after there is one line for all of them, of the day and no minute", async () => {
  const day = Math.floor(server.world.now().getTime() / 86_400_000);
  const first = await tell();
  const second = await tell();
  await tell();
  await first.source.ask("/api/mailbox/delete", { method: "POST" });
  const { messageId } = parseMessage(sodium, second.tip.bytes).header;
  const deletion = concat([u16(1), messageId, second.tip.deleteToken]);
  const member = asMember(await memberCookie(server, 1), server);
  expect((await member.post("/api/messages/delete", deletion)).status).toBe(204);
  server.moveDays(1);
  await runDayLines(server);
  await runDayLines(server);
  expect(await said()).toEqual([
    expect.objectContaining({
      kind: "messages-of-day",
      day,
      minute: null,
      actor: null,
      subject: null,
      values: [3, 0, 1, 1],
    }),
  ]);
  const left = await server.pool.query("SELECT 1 FROM day_count");
  expect(left.rowCount).toBe(0);
});

it("a day on which nothing happened has no line; what retention takes away is counted by its day", async () => {
  await tell();
  server.moveDays(1);
  await runDayLines(server);
  server.moveDays(10);
  await createRetention(server.world).run();
  server.moveDays(1);
  await runDayLines(server);
  expect(await saidTo(await reader())).toEqual([
    "messages-of-day   1 0 0 0",
    "retention-of-day   1 0",
  ]);
});
