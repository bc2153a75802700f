import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type BrowserKind,
  desktop,
  openBrowser,
  phone,
  type TestBrowser,
} from "../support/browsers.ts";
import { type Folder, isSavedAs, makeFolder } from "../support/files.ts";
import { openTalk, replyTo, saveFile } from "../support/inbox-steps.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { backAt, createGallery, find, press, sees, visibleText } from "../support/page.ts";
import { comeBack, finish, send, takeWords, writeTip } from "../support/source-steps.ts";
import {
  approve,
  type Founded,
  invite,
  join,
  type Member,
  setUpNewsroom,
  wordsShown,
} from "../support/staff-steps.ts";
import { tracesIn } from "../support/traces.ts";

const tip = "The harbour master signs empty forms.\nThe second file shows which.";
const reply = "Thank you. Who else knows of this?";
const answer = "Only the night watch. Here is the list.";

type Walk = (staff: BrowserKind, source: BrowserKind) => void;

/** From set-up to the last deletion. A file for each pair of browsers, so that they share the cores. */
export const walkJourney: Walk = (staff, source) =>
  describe(`staff in ${staff}, a source in ${source}`, { timeout: 180_000 }, () => {
    const picture = createGallery(`journey-${staff}-${source}`);
    let instance: Instance;
    let files: Folder;
    let adasBrowser: TestBrowser;
    let bensBrowser: TestBrowser;
    let sourcesBrowser: TestBrowser;
    let desk: Page;
    let bensDesk: Page;
    let founded: Founded;
    let ben: Member;
    let page: Page;
    let words: readonly string[] = [];
    let sent: readonly string[] = [];

    beforeAll(async () => {
      files = makeFolder();
      instance = await startInstance();
      [adasBrowser, bensBrowser, sourcesBrowser] = [
        await openBrowser(staff),
        await openBrowser(staff),
        await openBrowser(source),
      ];
    }, 180_000);
    afterAll(async () => {
      for (const browser of [adasBrowser, bensBrowser, sourcesBrowser]) await browser?.close();
      await instance?.close();
      files?.remove();
    });

    it("the first admin sets the newsroom up by the one-time link", async () => {
      desk = await adasBrowser.open(instance.setupLink());
      founded = await setUpNewsroom(desk, { name: "Ada Admin", userName: "ada" }, picture);
      expect(founded.newsroomWords).toHaveLength(24);
      expect(founded.admin.recoveryWords).toHaveLength(24);
      expect(founded.fingerprint).toHaveLength(12);
      expect(founded.link.startsWith(`${instance.source.origin}/#`)).toBe(true);
    });

    it("the set-up link works once", async () => {
      const again = await bensBrowser.open(instance.setupLink());
      await sees(again, /(?:not valid|Set up already)/);
      await picture(again, "link-used");
      await again.close();
    });

    it("a colleague joins by a link of their own, words are compared, the admin signs", async () => {
      await press(desk, "Go to the inbox");
      const link = await invite(desk, "Ben");
      await picture(desk, "invited");
      bensDesk = await bensBrowser.open(link);
      ben = await join(bensDesk, { name: "Ben Muster", userName: "ben" }, picture);
      await approve(desk, "Ben Muster", await wordsShown(bensDesk));
      await picture(desk, "approved");
      await backAt(bensDesk);
      await find(bensDesk, "button", "Log out", 60_000);
      await sees(bensDesk, "No tips yet", 60_000);
      await picture(bensDesk, "colleague-desk");
      expect(ben.recoveryWords).toHaveLength(24);
    });

    it("the source sees who will read, chooses, writes, adds files and sends", async () => {
      sent = [
        files.make("forms.pdf", 300_000),
        files.make("Überblick 2026.bin", 3 * 1_048_576 + 17),
      ];
      page = await sourcesBrowser.open(founded.link, phone);
      await sees(page, "Ben Muster", 60_000);
      await picture(page, "form");
      await writeTip(page, { text: tip, files: sent, without: ["Ben Muster"] });
      await picture(page, "written");
      await send(page);
      await picture(page, "sent");
      words = await takeWords(page);
      await picture(page, "words");
      expect(new Set(words).size).toBeGreaterThan(6);
      await finish(page);
      await picture(page, "done");
      expect(await tracesIn(page)).toEqual([]);
    });

    it("the tip stands in the inbox of whom it was for, and of nobody else", async () => {
      await press(desk, "Inbox");
      await backAt(desk);
      await sees(desk, "The harbour master signs empty forms.", 60_000);
      await picture(desk, "inbox");
      await press(bensDesk, "Inbox");
      await backAt(bensDesk);
      expect(await visibleText(bensDesk)).not.toContain("harbour master");
      await picture(bensDesk, "inbox-of-another");
    });

    it("it opens with its words and files, and the files come out as they went in", async () => {
      await openTalk(desk, "The harbour master signs empty forms.");
      await sees(desk, "The second file shows which.");
      await sees(desk, "Can be read by you.");
      await sees(desk, "2 files");
      await picture(desk, "conversation");
      await saveFile(desk, "forms.pdf");
      expect(await isSavedAs(sent[0] ?? "", adasBrowser.downloads, "forms.pdf")).toBe(true);
      await saveFile(desk, "Überblick 2026.bin");
      expect(await isSavedAs(sent[1] ?? "", adasBrowser.downloads, "Überblick 2026.bin")).toBe(
        true,
      );
      await picture(desk, "saved");
    });

    it("an answer goes back", async () => {
      await replyTo(desk, reply);
      await picture(desk, "replied");
    });

    it("the source comes back with the words, reads the answer and answers with a file", async () => {
      page = await sourcesBrowser.open(founded.link, desktop);
      await sees(page, "Ben Muster", 60_000);
      await comeBack(page, words.join(" ").toUpperCase());
      await sees(page, reply, 60_000);
      await sees(page, "Ada Admin");
      await picture(page, "came-back");
      sent = [files.make("night watch.txt", 70_000)];
      await writeTip(page, { text: answer, files: sent }, "Your answer");
      await press(page, "Send sealed");
      await sees(page, "Your answer has arrived", 60_000);
      await picture(page, "answered");
    });

    it("the answer arrives in the same conversation, without a reload", async () => {
      await backAt(desk);
      await sees(desk, answer, 60_000);
      await saveFile(desk, "night watch.txt");
      expect(await isSavedAs(sent[0] ?? "", adasBrowser.downloads, "night watch.txt")).toBe(true);
      await picture(desk, "whole-conversation");
    });

    it("the source deletes everything, and it is gone for everybody", async () => {
      await press(page, "Delete everything");
      await sees(page, "Delete everything for good?");
      await picture(page, "delete-asked");
      await press(page, "Delete for everybody");
      await sees(page, "Everything under your words is deleted.", 60_000);
      await picture(page, "deleted");
      const left = await instance.withDatabase(async (client) => {
        const { rows } = await client.query<{ left: string }>(
          "select (select count(*) from message) + (select count(*) from slot) + (select count(*) from upload) + (select count(*) from upload_part) as left",
        );
        return rows[0]?.left;
      });
      expect(left).toBe("0");
      await desk.reload();
      await picture(desk, "after-reload");
    });
  });
