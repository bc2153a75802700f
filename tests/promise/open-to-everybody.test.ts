import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PaperSetup, setUpOnPaper } from "../support/paper-setup.ts";
import { openQuickSource } from "../support/quick-source.ts";

/** Behind an onion service every source has the server's own address: no limit may count by it. */
describe("a box under many hands", () => {
  let setup: PaperSetup;
  beforeAll(async () => {
    setup = await setUpOnPaper();
  }, 120_000);
  afterAll(() => setup?.instance.close());

  it("takes fifty tips in a row from one address", async () => {
    for (let count = 1; count <= 50; count += 1) {
      const source = await openQuickSource(setup.instance.source.origin);
      await source.send({ text: `Tip ${count}.` });
    }
    const { rows } = await setup.instance.withDatabase((client) =>
      client.query<{ count: string }>("select count(*) from message"),
    );
    expect(rows[0]?.count).toBe("50");
  }, 60_000);

  it("still takes a tip after two thousand senseless requests", async () => {
    const { origin } = setup.instance.source;
    for (let round = 0; round < 40; round += 1)
      await Promise.all(
        Array.from({ length: 50 }, (_each, index) =>
          fetch(`${origin}/api/mailbox/token`, {
            method: "POST",
            headers: { "content-type": "application/octet-stream" },
            body: `senseless ${round} ${index}`,
          }).then((answer) => answer.arrayBuffer()),
        ),
      );
    const source = await openQuickSource(origin);
    await expect(source.send({ text: "After the flood." })).resolves.toBeDefined();
  }, 60_000);
});
