import { equal } from "../../../protocol/public/bytes.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import type { Me } from "../../../protocol/public/staff-api.ts";
import type { PassphraseCrypto } from "../../../protocol/secret/crypto.ts";
import { inviteToken, inviteWords } from "../../../protocol/secret/enrolment.ts";
import { CodeError } from "../../kit/code-error.ts";
import {
  type AccountDraft,
  draftAccount,
  makeAccount,
  type PersonTyped,
  recoveryWordsOf,
  secondFactorOf,
} from "./new-account.ts";
import { fetchNewsroom } from "./newsroom.ts";
import { openWorld } from "./open-world.ts";
import { identityOf, ownRecords } from "./own-keys.ts";
import type { SecondFactor } from "./second-factor.ts";
import type { Session } from "./session.ts";
import { enter, type Standing } from "./standing.ts";
import type { Member, Newsroom } from "./world.ts";

/** The invited side of enrolment: own keys, made here; an admin compares eight words and signs. docs/protocol.md §14. */

/** The link's secret and the shown name stay in the vault until the approval, for the words on the waiting page. */
const SECRET_RECORD = "enrolment";
const NAME_RECORD = "enrolment-name";

type Draft = AccountDraft & { readonly secret: Uint8Array; readonly newsroom: Newsroom };

/** Recovery words of the account to be. */
export type Invitation = { readonly recovery: readonly string[] };

/** The newsroom's key may be rotated while somebody waits: the admin sees the words made with the newest one. */
const followNewsroom = async (session: Session): Promise<void> => {
  const member = session.member();
  const newsroom = await fetchNewsroom(member.crypto, session.api);
  if (!equal(newsroom.newsroomId, member.newsroomId)) throw new SealdropError("wrong-newsroom");
  session.hold({ ...member, ...newsroom });
};

const enrolmentWords = (member: Member): readonly string[] => {
  const { crypto, newsroomId, newsroomKey, own, records, me } = member;
  const secret = records.get(SECRET_RECORD);
  const name = records.get(NAME_RECORD);
  if (secret === null || name === null) throw new CodeError("vault-broken");
  return inviteWords(crypto, secret, {
    newsroomId,
    newsroomKey,
    userName: me.userName,
    name: new TextDecoder().decode(name),
    identity: identityOf(crypto, own),
    static: own.staticPublic,
  });
};

const makeMember = (crypto: PassphraseCrypto, draft: Draft, typed: PersonTyped) =>
  makeAccount(crypto, {
    draft,
    typed,
    newsroomId: draft.newsroom.newsroomId,
    records: new Map([
      ...ownRecords(draft.own),
      [SECRET_RECORD, draft.secret] as const,
      [NAME_RECORD, new TextEncoder().encode(typed.name)] as const,
    ]),
  });

/** The secret has done its work once the roster names the new member. */
const forgetSecret = (member: Member): Promise<void> =>
  member.records.change((records) =>
    records.has(SECRET_RECORD) ? { remove: [SECRET_RECORD, NAME_RECORD] } : null,
  );

export const joiningFunctions = (session: Session) => {
  let draft: Draft | null = null;
  const drafted = (): Draft => {
    if (draft === null) throw new CodeError("failed");
    return draft;
  };
  return {
    /** Throws invite-void. */
    startJoining: async (input: { readonly secret: Uint8Array }): Promise<Invitation> => {
      const crypto = await session.crypto();
      const newsroom = await fetchNewsroom(crypto, session.api);
      await session.api.call("openInvite", { token: inviteToken(crypto, input.secret) });
      draft = { ...draftAccount(crypto), secret: input.secret, newsroom };
      return { recovery: recoveryWordsOf(draft) };
    },

    joinFactor: ({ userName }: { readonly userName: string }): SecondFactor =>
      secondFactorOf(drafted(), userName),

    finishJoining: async (typed: PersonTyped): Promise<Standing> => {
      const crypto = await session.crypto();
      const { secret, own, newsroom } = drafted();
      const made = makeMember(crypto, drafted(), typed);
      const me: Me = await session.api.call("answerInvite", {
        token: inviteToken(crypto, secret),
        name: typed.name,
        identityKey: identityOf(crypto, own),
        staticKey: own.staticPublic,
        account: made.account,
        vault: made.vault,
      });
      draft = null;
      const by = { owner: made.owner, door: "passphrase" as const, unlockKey: made.unlockKey };
      return enter(session, { newsroom, me, by });
    },

    /** Eight words, for comparing with the admin's. */
    waitingWords: (): readonly string[] => enrolmentWords(session.member()),

    /** Opens the desk once an admin has signed; still waiting otherwise. */
    askApproval: async (): Promise<Standing> => {
      const me = await session.api.call("me", null, { background: true });
      if (me.memberNumber === null) {
        await followNewsroom(session);
        return { at: "waiting", me };
      }
      const member: Member = { ...session.member(), me };
      session.hold(member);
      await openWorld(session, member);
      await forgetSecret(member);
      return { at: "desk", me };
    },
  };
};
