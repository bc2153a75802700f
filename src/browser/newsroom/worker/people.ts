import { base64url, equal } from "../../../protocol/public/bytes.ts";
import type { IdentityPublicKey, StaticPublicKey } from "../../../protocol/public/crypto.ts";
import { inviteTokenHash } from "../../../protocol/public/invite-token.ts";
import { ABSENT_DAYS, MAX_JOURNALISTS } from "../../../protocol/public/limits.ts";
import { currentMembers, findMember, type RosterEntry } from "../../../protocol/public/roster.ts";
import type { InviteAnswerShown, Invites, Role } from "../../../protocol/public/staff-api.ts";
import { lastDayOf, periodOf } from "../../../protocol/public/time.ts";
import {
  INVITE_SECRET_BYTES,
  inviteToken,
  inviteWords,
} from "../../../protocol/secret/enrolment.ts";
import { CodeError } from "../../kit/code-error.ts";
import { signNext } from "./newsroom-key.ts";
import { type KeyHolding, keyHoldings } from "./rights.ts";
import type { Session } from "./session.ts";
import { tell } from "./tell.ts";
import { handoverRecord, inviteRecord } from "./vault.ts";
import type { World } from "./world.ts";

/** Who belongs to the newsroom, by the signed roster; user names and days of last unlock are the server's word. */

export type MemberRow = {
  readonly memberNumber: number;
  readonly name: string;
  readonly state: RosterEntry["state"];
  readonly me: boolean;
  readonly userName: string | null;
  readonly role: Role | null;
  readonly lastUnlockDay: number | null;
  readonly absence: Absence;
  /** Null: this vault cannot know. */
  readonly key: KeyHolding | null;
};

/** Who stays away long is not offered to sources any more; later the server deletes what nobody came to open. */
export type Absence =
  | { readonly kind: "none" | "not-offered" }
  | { readonly kind: "losing"; readonly fromDay: number };

export type InviteRow = {
  readonly id: Uint8Array;
  readonly label: string;
  readonly state: Invites["invites"][number]["state"];
  readonly answer: { readonly userName: string; readonly name: string } | null;
  /** Null when this admin's vault has not made the link: then nobody can compare here. */
  readonly words: readonly string[] | null;
};

type Wire = Invites["invites"][number];

const wordsOf = (world: World, id: Uint8Array, answer: InviteAnswerShown) => {
  const secret = world.records.get(inviteRecord(id));
  if (secret === null) return null;
  const { crypto, newsroomId, newsroomKey } = world;
  return inviteWords(crypto, secret, {
    newsroomId,
    newsroomKey,
    userName: answer.userName,
    name: answer.name,
    identity: answer.identityKey as IdentityPublicKey,
    static: answer.staticKey as StaticPublicKey,
  });
};

const inviteRow = (world: World, { id, label, state, answer }: Wire): InviteRow => ({
  id,
  label,
  state,
  answer: answer === undefined ? null : { userName: answer.userName, name: answer.name },
  words: answer === undefined ? null : wordsOf(world, id, answer),
});

const forgetInvite = (world: World, id: Uint8Array): Promise<void> =>
  world.records.change((records) =>
    records.has(inviteRecord(id)) ? { remove: [inviteRecord(id)] } : null,
  );

const forgetReport = (world: World, memberNumber: number): Promise<void> =>
  world.records.change((records) => {
    const id = handoverRecord(memberNumber);
    return records.has(id) ? { remove: [id] } : null;
  });

const newEntry = (world: World, answer: InviteAnswerShown): RosterEntry => {
  const { entries } = world.roster;
  return {
    memberNumber: Math.max(...entries.map((entry) => entry.memberNumber)) + 1,
    state: "current",
    position: currentMembers(world.roster).length + 1,
    generation: 0,
    identity: answer.identityKey as IdentityPublicKey,
    static: answer.staticKey as StaticPublicKey,
    name: answer.name,
  };
};

type ById = { readonly id: Uint8Array };

const answerOf = async (world: World, id: Uint8Array): Promise<InviteAnswerShown> => {
  const { invites } = await world.api.call("invites", null);
  const answer = invites.find((invite) => equal(invite.id, id))?.answer;
  if (answer === undefined) throw new CodeError("not-found");
  return answer;
};

const WARNING_DAYS = 14;

export type Away = {
  readonly today: number;
  readonly lastUnlockDay: number | null;
  readonly longestAbsenceDays: number;
};

/** Tips of the period of the last unlock are the first to go: `retention` deletes them by their period's end. */
export const absenceOf = ({ today, lastUnlockDay, longestAbsenceDays }: Away): Absence => {
  if (lastUnlockDay === null) return { kind: "none" };
  const fromDay = lastDayOf(periodOf(lastUnlockDay)) + longestAbsenceDays + 1;
  if (today >= fromDay - WARNING_DAYS) return { kind: "losing", fromDay };
  return { kind: today > lastUnlockDay + ABSENT_DAYS ? "not-offered" : "none" };
};

const memberRows = async (world: World): Promise<readonly MemberRow[]> => {
  const { people } = await world.api.call("people", null);
  const holdings = await keyHoldings(world);
  return world.roster.entries
    .filter((entry) => findMember(world.roster, entry.memberNumber) === entry)
    .map((entry) => {
      const person = people.find((one) => one.memberNumber === entry.memberNumber);
      const lastUnlockDay = person?.lastUnlockDay ?? null;
      const { longestAbsenceDays } = world.settings;
      return {
        memberNumber: entry.memberNumber,
        name: entry.name,
        state: entry.state,
        me: entry.memberNumber === world.memberNumber,
        userName: person?.userName ?? null,
        role: person?.role ?? null,
        lastUnlockDay,
        absence: absenceOf({ today: world.today, lastUnlockDay, longestAbsenceDays }),
        key: holdings.size === 0 ? null : (holdings.get(entry.memberNumber) ?? "none"),
      };
    });
};

export const peopleFunctions = (session: Session) => ({
  members: (): Promise<readonly MemberRow[]> => memberRows(session.world()),

  invitations: async (): Promise<readonly InviteRow[]> => {
    const world = session.world();
    const { invites } = await world.api.call("invites", null, { background: true });
    return invites.map((invite) => inviteRow(world, invite));
  },

  /** The secret for the link; it goes into the vault, so that the words can be compared from any of this admin's browsers. */
  invite: async ({ label }: { readonly label: string }): Promise<Uint8Array> => {
    const { crypto, api, records, roster } = session.world();
    if (currentMembers(roster).length >= MAX_JOURNALISTS) throw new CodeError("too-many-members");
    const secret = crypto.random(INVITE_SECRET_BYTES);
    const tokenHash = inviteTokenHash(crypto, inviteToken(crypto, secret));
    const { id } = await api.call("invite", { tokenHash, label });
    await records.change(() => ({ put: new Map([[inviteRecord(id), secret]]) }));
    return secret;
  },

  withdraw: async ({ id }: ById): Promise<void> => {
    const world = session.world();
    await world.api.call("withdrawInvite", null, { id: base64url(id) });
    await forgetInvite(world, id);
  },

  /**
   * Signs the next roster with the invitee in it. `words` are those the admin has compared on the page: an answer that
   * the server changed in the meantime has other words, and is not signed.
   */
  approve: async ({ id, words }: ById & { readonly words: readonly string[] }): Promise<void> => {
    const world = session.world();
    const answer = await answerOf(world, id);
    const now = wordsOf(world, id, answer);
    if (now === null || now.join(" ") !== words.join(" ")) throw new CodeError("words-changed");
    const entries = [...world.roster.entries, newEntry(world, answer)];
    await signNext(session, { entries, approveInvite: id });
    tell(session);
    await forgetInvite(world, id);
  },

  /** The next roster without them; *stolen* also makes every message under their key refused. */
  retire: async (input: { readonly memberNumber: number; readonly stolen: boolean }) => {
    const world = session.world();
    const { roster, memberNumber } = world;
    if (input.memberNumber === memberNumber) throw new CodeError("forbidden");
    // Another admin, or another tab, was faster: perhaps with another reason, which must not be taken for this one.
    if (findMember(roster, input.memberNumber)?.state !== "current") {
      throw new CodeError("roster-changed");
    }
    const state = input.stolen ? "stolen" : "left";
    await signNext(session, {
      entries: roster.entries.map((entry): RosterEntry => {
        if (entry.memberNumber !== input.memberNumber) return entry;
        // Keys they had before may still lie where the present ones were taken from.
        const theirs = entry.state === "current" || (input.stolen && entry.state === "rotated");
        return theirs ? { ...entry, state, position: 0 } : entry;
      }),
    });
    tell(session);
    await forgetReport(world, input.memberNumber);
  },
});
