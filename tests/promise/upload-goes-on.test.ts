import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, type TestBrowser } from "../support/browsers.ts";
import { type Folder, makeFolder } from "../support/files.ts";
import { choose, paste, sees } from "../support/page.ts";
import { type PaperSetup, setUpOnPaper } from "../support/paper-setup.ts";
import { send, storedFiles, takeWords } from "../support/source-steps.ts";
import type { Exchange } from "../support/tap.ts";

const fileBytes = 24 * 1_048_576;
const partsBeforeKill = 6;

describe("an upload under which the server is killed", () => {
  let setup: PaperSetup;
  let browser: TestBrowser;
  let files: Folder;
  let page: Page;

  const stored = (): readonly Exchange[] =>
    setup.instance.source.exchanges.filter(
      ({ method, answer }) => method === "PUT" && answer?.status === 204,
    );

  beforeAll(async () => {
    files = makeFolder();
    setup = await setUpOnPaper();
    browser = await openBrowser("chromium");
    page = await browser.open(setup.link);
    await sees(page, "Anna Example");
    await paste(page, "Your message", "Goes on where it stopped.");
    const killed = new Promise<void>((done) => {
      setup.instance.source.hook({
        answered: () => {
          if (stored().length < partsBeforeKill) return;
          setup.instance.source.hook({});
          setup.instance.kill("SIGKILL").then(done, done);
        },
      });
    });
    await choose(page, [files.make("large.bin", fileBytes)]);
    await killed;
    await sees(page, "The line is gone.", 60_000);
    await setup.instance.restart();
    await storedFiles(page, 1);
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await setup?.instance.close();
    files?.remove();
  });

  it("goes on by itself, and no part that was acknowledged is sent again", () => {
    const paths = stored().map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(20);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it("is then sent and stored whole", async () => {
    await send(page);
    expect(await takeWords(page)).toHaveLength(12);
    const { rows } = await setup.instance.withDatabase((client) =>
      client.query<{ bytes: string }>("select sum(length(bytes)) as bytes from upload_part"),
    );
    expect(Number(rows[0]?.bytes)).toBeGreaterThan(fileBytes);
  }, 60_000);
});
