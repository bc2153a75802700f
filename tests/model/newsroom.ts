import { CodeError } from "../../src/browser/kit/code-error.ts";
import { issueSetupToken } from "../support/staff.ts";
import { PASSPHRASE } from "../support/worker-client.ts";
import type { Ground } from "./ground.ts";
import { codeNow, makePerson, makeTab, type Person, type Tab } from "./staff.ts";

/** The newsroom that every run starts from: one admin and two journalists, made by the workers' own functions. */

const tabOf = (ground: Ground, person: Person): Tab => {
  const [browser] = person.browsers;
  if (browser === undefined) throw new Error("nobody has no browser");
  return makeTab(
    { ground, replica: 0, watchful: true, watch: (_sent, ask) => ask() },
    person,
    browser,
  );
};

const typed = (ground: Ground, { name, userName, totpSecret }: Person) => ({
  name,
  userName,
  passphrase: PASSPHRASE,
  totpCode: codeNow(ground, totpSecret),
});

type FirstDay = { readonly tab: Tab; readonly sheet: readonly string[] };

const setUp = async (ground: Ground): Promise<FirstDay> => {
  const ann = { ...makePerson("Ann"), isAdmin: true };
  const tab = tabOf(ground, ann);
  const { rooms } = tab;
  const setupToken = await issueSetupToken(ground.replicas[0]);
  const { newsroom: sheet, recovery } = await rooms.startSetUp({ setupToken });
  ann.recovery.push(recovery.join(" "));
  ann.totpSecret = rooms.setUpFactor({ userName: ann.userName }).secret;
  const words = { newsroomName: "The Paper", words: "", otherContact: "by post" };
  await rooms.finishSetUp({ setupToken, ...words, ...typed(ground, ann) });
  await tab.line.quiet();
  return { tab, sheet };
};

/** The invited side up to the eight words. */
export const answerInvite = async (ground: Ground, tab: Tab, secret: Uint8Array): Promise<void> => {
  const { person, rooms } = tab;
  const { recovery } = await rooms.startJoining({ secret });
  person.recovery.splice(0, person.recovery.length, recovery.join(" "));
  person.totpSecret = rooms.joinFactor({ userName: person.userName }).secret;
  await rooms.finishJoining(typed(ground, person));
};

/** The admin's side, once both have compared their words. */
export const approve = async (admin: Tab, name: string): Promise<void> => {
  const { rooms } = admin;
  const waiting = (await rooms.invitations()).find((invite) => invite.answer?.name === name);
  // Withdrawn, answered under another name, or made in a tab that this one has not heard from.
  if (waiting?.words == null) throw new CodeError("not-found");
  await rooms.approve({ id: waiting.id, words: waiting.words });
};

const join = async (ground: Ground, admin: Tab, name: string): Promise<Person> => {
  const person = makePerson(name);
  const tab = tabOf(ground, person);
  await answerInvite(ground, tab, await admin.rooms.invite({ label: name }));
  await approve(admin, name);
  await tab.rooms.askApproval();
  await tab.line.quiet();
  return person;
};

export type Newsroom = {
  /** By member number, from 1. */
  readonly people: readonly Person[];
  /** The newsroom words. */
  readonly sheet: readonly string[];
};

export const makeNewsroom = async (ground: Ground): Promise<Newsroom> => {
  const { tab: admin, sheet } = await setUp(ground);
  const bob = await join(ground, admin, "Bob");
  const cem = await join(ground, admin, "Cem");
  await admin.line.quiet();
  await ground.keep();
  return { people: [admin.person, bob, cem], sheet };
};
