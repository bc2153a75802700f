import type { Page } from "puppeteer-core";
import { backAt, fill, find, press, sees, tick } from "./page.ts";
import { type Authenticator, createAuthenticator } from "./totp.ts";

/** What staff do, by the words on the page, and what each of them keeps on paper. */
export type Picture = (page: Page, state: string) => Promise<unknown>;

export type Member = {
  readonly name: string;
  readonly userName: string;
  readonly passphrase: string;
  readonly authenticator: Authenticator;
  readonly recoveryWords: readonly string[];
};

export type Founded = {
  readonly admin: Member;
  readonly newsroomWords: readonly string[];
  readonly link: string;
  readonly fingerprint: readonly string[];
};

const slowMs = 60_000;

const textsOf = (page: Page, selector: string): Promise<readonly string[]> =>
  page.evaluate(
    (wanted) =>
      [...document.querySelectorAll(wanted)]
        .filter((each) => each.checkVisibility())
        .map((each) => (each.textContent ?? "").trim()),
    selector,
  );

/** What stands in this place of the page, once something does. */
const role = async (page: Page, name: string): Promise<string> => {
  const selector = `[data-role="${name}"]`;
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll(wanted)].some(
        (each) => each.checkVisibility() && (each.textContent ?? "").trim() !== "",
      ),
    { timeout: slowMs },
    selector,
  );
  return (await textsOf(page, selector)).find((text) => text !== "") ?? "";
};

export const wordsShown = async (page: Page): Promise<readonly string[]> =>
  (await textsOf(page, "ol.words li")).map((word) => word.replace(/^\d+\W*/, ""));

/** The three words that are asked back, from this sheet. */
export const typeAsked = async (page: Page, words: readonly string[]): Promise<void> => {
  for (const label of (await textsOf(page, "label")).filter((each) => each.startsWith("Word ")))
    await fill(page, label, words[Number(label.slice(5)) - 1] ?? "");
};

/** Copies a sheet, then types the three words that are asked back. */
export const keepSheet = async (page: Page, title: string, picture: Picture) => {
  await find(page, "h1", title, slowMs);
  const words = await wordsShown(page);
  await picture(page, `sheet-${title.replaceAll(/\W+/g, "-").toLowerCase()}`);
  await press(page, "I have written them down");
  await sees(page, "Look at your sheet and type these three words");
  await typeAsked(page, words);
  await picture(page, `asked-${title.replaceAll(/\W+/g, "-").toLowerCase()}`);
  await press(page, "Check");
  return words;
};

/** Takes the six words that are offered. */
export const takePassphrase = async (page: Page): Promise<string> => {
  const passphrase = await role(page, "offer");
  await press(page, "Use these words");
  await fill(page, "Passphrase once more", passphrase);
  return passphrase;
};

export const takeFactor = async (page: Page, button: string, picture: Picture) => {
  await sees(page, "Scan this with an authenticator app", slowMs);
  const authenticator = createAuthenticator(await role(page, "secret"));
  await fill(page, "Code", await authenticator.code());
  await picture(page, "second-factor");
  await press(page, button);
  return authenticator;
};

export type Person = { readonly name: string; readonly userName: string };

const describePerson = async (page: Page, person: Person, picture: Picture) => {
  await fill(page, "Your name, as sources see it", person.name);
  await fill(page, "User name", person.userName);
  const passphrase = await takePassphrase(page);
  await picture(page, "person");
  await press(page, "Go on");
  return passphrase;
};

/** The first admin, from the one-time link to the newsroom's ready link. */
export const setUpNewsroom = async (
  page: Page,
  person: Person,
  picture: Picture,
): Promise<Founded> => {
  await sees(page, "Your newsroom", slowMs);
  await fill(page, "Newsroom's name", "The Daily Example");
  await fill(page, "Your words to sources", "We look into anything that concerns the harbour.");
  await fill(page, "Another way to reach you", "Write to 1 Example Street.");
  await picture(page, "newsroom");
  await press(page, "Go on");
  const passphrase = await describePerson(page, person, picture);
  const newsroomWords = await keepSheet(page, "Newsroom words", picture);
  const recoveryWords = await keepSheet(page, "Your recovery words", picture);
  const authenticator = await takeFactor(page, "Create the newsroom", picture);
  await sees(page, "Your newsroom is ready", slowMs);
  await picture(page, "ready");
  const link = await role(page, "link");
  const fingerprint = await wordsShown(page);
  return {
    admin: { ...person, passphrase, authenticator, recoveryWords },
    newsroomWords,
    link,
    fingerprint,
  };
};

/** An invited colleague makes keys and an account, and then waits. */
export const join = async (page: Page, person: Person, picture: Picture): Promise<Member> => {
  await sees(page, "You were invited to read tips", slowMs);
  const passphrase = await describePerson(page, person, picture);
  const recoveryWords = await keepSheet(page, "Your recovery words", picture);
  const authenticator = await takeFactor(page, "Make my account", picture);
  await sees(page, "Compare eight words", slowMs);
  await picture(page, "waiting");
  return { ...person, passphrase, authenticator, recoveryWords };
};

export const invite = async (page: Page, label: string): Promise<string> => {
  await press(page, "People");
  await fill(page, "For whom", label);
  await press(page, "Make the link");
  await sees(page, "Send this link to your colleague");
  return role(page, "link");
};

/** The admin compares the words with what the colleague reads out, and signs. */
export const approve = async (page: Page, name: string, heard: readonly string[]) => {
  await backAt(page);
  await sees(page, `${name} has answered the invitation`, slowMs);
  const shown = await wordsShown(page);
  if (shown.join(" ") !== heard.join(" ")) throw new Error(`${shown} are not ${heard}`);
  await tick(page, "We compared all eight words");
  await press(page, `Approve ${name}`);
  await sees(page, `${name} is a member now`, slowMs);
};

export const noPicture = async (): Promise<void> => undefined;

export const ADA: Person = { name: "Ada Admin", userName: "ada" };
export const BEN: Person = { name: "Ben Muster", userName: "ben" };

/** Ada sets the newsroom up, and stands before an empty inbox. */
export const foundNewsroom = async (desk: Page): Promise<Founded> => {
  const founded = await setUpNewsroom(desk, ADA, noPicture);
  await press(desk, "Go to the inbox");
  return founded;
};

export type Enrolled = { readonly page: Page; readonly member: Member };

/** From the invitation to a desk that has read everything; `open` is the colleague's own browser. */
export const enrol = async (
  desk: Page,
  person: Person,
  open: (link: string) => Promise<Page>,
): Promise<Enrolled> => {
  const page = await open(await invite(desk, person.name));
  const member = await join(page, person, noPicture);
  await approve(desk, person.name, await wordsShown(page));
  await backAt(page);
  await find(page, "button", "Log out", slowMs);
  await sees(page, "No tips yet", slowMs);
  return { page, member };
};

export const logIn = async (page: Page, member: Member): Promise<void> => {
  await sees(page, "Code from your app", slowMs);
  await fill(page, "User name", member.userName);
  await fill(page, "Passphrase", member.passphrase);
  await fill(page, "Code from your app", await member.authenticator.code());
  await press(page, "Log in");
  await find(page, "button", "Log out", slowMs);
};

export const unlock = async (page: Page, member: Member): Promise<void> => {
  await sees(page, "Signed in as", slowMs);
  await fill(page, "Passphrase", member.passphrase);
  await press(page, "Unlock");
  await find(page, "button", "Log out", slowMs);
};

/** *I forgot my passphrase*: the recovery words and a code open the vault; passphrase and words are new afterwards. */
export const recover = async (page: Page, member: Member, picture: Picture): Promise<Member> => {
  await press(page, "I forgot my passphrase");
  await fill(page, "User name", member.userName);
  await fill(page, "Recovery words", member.recoveryWords.join(" "));
  await fill(page, "Code from your app", await member.authenticator.code());
  await picture(page, "recovery");
  await press(page, "Open with the words");
  await find(page, "h1", "New passphrase", slowMs);
  const passphrase = await takePassphrase(page);
  await press(page, "Go on");
  const recoveryWords = await keepSheet(page, "Your recovery words", picture);
  await sees(page, "Your new passphrase is set. Unlock with it.", slowMs);
  const renewed = { ...member, passphrase, recoveryWords };
  await unlock(page, renewed);
  return renewed;
};
