import type { Page } from "puppeteer-core";
import { roomsOf } from "../../src/browser/newsroom/worker/rooms.ts";
import { fromBase64url } from "../../src/protocol/public/bytes.ts";
import type { TestBrowser } from "./browsers.ts";
import type { Instance } from "./instance.ts";
import { press, sees } from "./page.ts";
import { ADA, BEN, type Founded, logIn, type Member, type Person } from "./staff-steps.ts";
import { type Authenticator, createAuthenticator } from "./totp.ts";
import { PASSPHRASE, workerSession } from "./worker-client.ts";

/**
 * A newsroom by the workers' own functions, without the pages: for tests of what comes after set-up. Keys, vaults, hashes and
 * requests are real; the pages' own way there is what tests/browser/newsroom-people.test.ts and journey.ts walk.
 */

type WithCodes = Pick<Member, "userName" | "authenticator">;

/** A code counts once; the server is made to forget it, so that nobody waits half a minute for the next. */
export const forgetCode = async (instance: Instance, member: WithCodes): Promise<void> => {
  await instance.withDatabase((client) =>
    client.query("UPDATE account SET totp_last_step = 0 WHERE user_name = $1", [member.userName]),
  );
  member.authenticator.forget();
};

const untiring = (instance: Instance, userName: string, secret: string): Authenticator => {
  const authenticator = createAuthenticator(secret);
  return {
    ...authenticator,
    code: async () => {
      await forgetCode(instance, { userName, authenticator });
      return authenticator.code();
    },
  };
};

const openRooms = (instance: Instance) => {
  const server = { newsroom: instance.newsroom.origin, world: { now: () => new Date() } };
  return roomsOf(workerSession(server, {}, { cookie: "" }));
};
type Rooms = ReturnType<typeof openRooms>;

type Account = Member & { readonly totpCode: string };
type Drawn = { readonly secret: string; readonly recoveryWords: readonly string[] };

const accountOf = async (instance: Instance, person: Person, drawn: Drawn): Promise<Account> => {
  const authenticator = untiring(instance, person.userName, drawn.secret);
  return {
    ...person,
    passphrase: PASSPHRASE,
    totpCode: await authenticator.code(),
    authenticator,
    recoveryWords: drawn.recoveryWords,
  };
};

const enrolBy = async (admin: Rooms, instance: Instance, person: Person): Promise<Member> => {
  const rooms = openRooms(instance);
  const secret = await admin.invite({ label: person.name });
  const { recovery } = await rooms.startJoining({ secret });
  const { secret: appSecret } = rooms.joinFactor({ userName: person.userName });
  const account = await accountOf(instance, person, { secret: appSecret, recoveryWords: recovery });
  await rooms.finishJoining(account);
  const invite = (await admin.invitations()).find(({ answer }) => answer?.name === person.name);
  if (invite?.words == null) throw new Error("nobody answered");
  await admin.approve({ id: invite.id, words: invite.words });
  await rooms.askApproval();
  await rooms.logOut({ everywhere: false });
  return account;
};

export type QuickNewsroom = { readonly founded: Founded; readonly members: readonly Member[] };

/** Ada and the colleagues she has approved; nobody is logged in. */
export const foundQuickly = async (
  instance: Instance,
  colleagues: readonly Person[] = [],
): Promise<QuickNewsroom> => {
  const admin = openRooms(instance);
  const setupToken = fromBase64url(instance.setupLink().split("#setup=")[1] ?? "");
  const { newsroom: newsroomWords, recovery } = await admin.startSetUp({ setupToken });
  const { secret } = admin.setUpFactor({ userName: ADA.userName });
  const account = await accountOf(instance, ADA, { secret, recoveryWords: recovery });
  await admin.finishSetUp({
    setupToken,
    newsroomName: "The Daily Example",
    words: "We look into anything that concerns the harbour.",
    otherContact: "Write to 1 Example Street.",
    ...account,
  });
  const members: Member[] = [];
  for (const person of colleagues) members.push(await enrolBy(admin, instance, person));
  const { link, words: fingerprint } = admin.readyLink();
  await admin.logOut({ everywhere: false });
  const founded = { admin: account, newsroomWords, link, fingerprint };
  return { founded, members };
};

/** A member's desk in a browser that was never used. An admin's asks once whether the list is right. */
export const openDesk = async (
  open: (url: string) => Promise<Page>,
  instance: Instance,
  member: Member,
): Promise<Page> => {
  const page = await open(`${instance.newsroom.origin}/`);
  await logIn(page, member);
  await sees(page, "No tips yet", 60_000);
  if (member.userName !== ADA.userName) return page;
  await press(page, "Yes, this list is right", 60_000);
  await sees(page, "This browser holds the list now.");
  return page;
};

export type TwoDesks = {
  readonly founded: Founded;
  readonly ben: Member;
  readonly desk: Page;
  readonly bensDesk: Page;
};

/** Ada and Ben, each at a desk in a browser of their own. */
export const openTwoDesks = async (
  instance: Instance,
  adas: TestBrowser,
  bens: TestBrowser,
): Promise<TwoDesks> => {
  const { founded, members } = await foundQuickly(instance, [BEN]);
  const [ben] = members;
  if (ben === undefined) throw new Error("nobody was enrolled");
  const [desk, bensDesk] = await Promise.all([
    openDesk(adas.open, instance, founded.admin),
    openDesk(bens.open, instance, ben),
  ]);
  return { founded, ben, desk, bensDesk };
};

/** Ada alone, at her desk. */
export const openOneDesk = async (instance: Instance, adas: TestBrowser) => {
  const { founded } = await foundQuickly(instance);
  return { founded, desk: await openDesk(adas.open, instance, founded.admin) };
};
