import { parseBundle } from "../../../protocol/public/bundle.ts";
import type { MessageId } from "../../../protocol/public/crypto.ts";
import { encodeManyPost, type Placed, parsePlaced } from "../../../protocol/public/many.ts";
import { type RecipientsOfDay, recipientsOn } from "../../../protocol/public/messaging-key.ts";
import {
  checkDates,
  currentMembers,
  findMember,
  type VerifiedRoster,
} from "../../../protocol/public/roster.ts";
import type { HistoryItem } from "../../../protocol/secret/history.ts";
import { type SealedMessage, sealMessage } from "../../../protocol/secret/seal.ts";
import { codeOf } from "../../kit/code-error.ts";
import { notGivenTo, type OpenRead } from "./reading/agreement.ts";
import type { Conversation } from "./reading/book.ts";
import { insist } from "./reading/clock.ts";
import { type OpenConversation, openConversations, replyBase } from "./reading/conversation.ts";
import type { Library } from "./reading/library.ts";
import { newestHashes } from "./replying.ts";
import type { World } from "./world.ts";

/**
 * A share: a message to the source, to all who read so far and to the new readers, which says that they read from now on. The keys
 * to what came before go by letter: in the message itself they would open to the source tips it chose not to keep.
 * docs/protocol.md §10.8, §15.1.
 */

/** One list of journalists and their keys, for as many shares as it stays valid for. */
export type Audience = RecipientsOfDay & { readonly roster: VerifiedRoster };

export const fetchAudience = async (world: World): Promise<Audience> => {
  const bundle = parseBundle(await world.api.bytes("/api/newsroom"));
  const { crypto, roster, today } = world;
  checkDates(roster, today);
  return { roster, ...recipientsOn(crypto, bundle.messagingKeys, { roster, today }) };
};

/** Member numbers that have a key now. */
export const reachedBy = ({ recipients }: Audience): ReadonlySet<number> =>
  new Set(
    recipients.flatMap(({ entry, messaging }) => (messaging === null ? [] : [entry.memberNumber])),
  );

/** Who reads along and is still here. */
export const presentReaders = (world: World, open: OpenConversation): ReadonlySet<number> => {
  const base = replyBase(open);
  const agreed = base === null ? [] : (open.readerships.get(base.known.key)?.agreed ?? []);
  return new Set(
    [...agreed, world.memberNumber].filter(
      (member) => findMember(world.roster, member)?.state === "current",
    ),
  );
};

/** What this member can read and somebody of those was not named in; nothing that is refused. */
export const historyOf = (
  open: OpenConversation,
  to: ReadonlySet<number>,
): readonly HistoryItem[] =>
  open.reads.flatMap((read) => {
    if (read.kind !== "open" || read.known.opened === null) return [];
    const named = open.readerships.get(read.known.key)?.named;
    if ([...to].every((member) => named?.has(member))) return [];
    const { contentKey, senderStatic } = read.known.opened;
    return [{ header: read.known.headerHash, contentKey, senderStatic, day: read.known.day }];
  });

/** Of those, who has not been given all of it by this member before. */
export const lackersOf = (
  world: World,
  open: OpenConversation,
  to: ReadonlySet<number>,
): ReadonlySet<number> =>
  new Set([...to].filter((one) => notGivenTo(open, one, world.memberNumber).length > 0));

type SharePlan = {
  readonly open: OpenConversation;
  readonly base: OpenRead;
  readonly lackers: ReadonlySet<number>;
  /** Everybody who reads from then on. */
  readonly readers: ReadonlySet<number>;
  readonly messageId: MessageId;
};

const seal = (world: World, audience: Audience, plan: SharePlan): SealedMessage => {
  const { crypto, own } = world;
  const { roster, recipients, period } = audience;
  const places = currentMembers(roster);
  const names = places.filter(({ memberNumber }) => plan.lackers.has(memberNumber));
  const addressed = places.filter(({ memberNumber }) => plan.readers.has(memberNumber));
  return sealMessage(crypto, {
    roster,
    recipients,
    period,
    mailbox: plan.base.body.source,
    messageId: plan.messageId,
    addressed: new Set(addressed.map(({ position }) => position)),
    sealToSource: true,
    sender: { public: own.staticPublic, private: own.staticPrivate },
    body: {
      kind: "share",
      answers: null,
      newest: newestHashes(plan.open),
      text: names.map(({ name }) => name).join("\n"),
      files: [],
    },
  });
};

/**
 * `already`: a share has said it before, and no message was needed; its letter may have been lost, so the keys go again. `left-out`: somebody who reads along has no key now and would be left
 * behind. `nothing`: nothing here can be passed on.
 */
export type Shared = {
  readonly kind: "shared" | "already" | "left-out" | "nothing";
  readonly history: readonly HistoryItem[];
};

export type Sharer = {
  /** In their order. Throws no-reader, what `check` throws, and the server's refusals. */
  share(conversations: readonly Conversation[]): Promise<readonly Shared[]>;
};

export type SharerPlan = {
  readonly to: ReadonlySet<number>;
  /** Whether to go on where somebody who reads along cannot be reached now: they do not read what comes after. */
  readonly leaveBehind: boolean;
  /** Throws once nobody wants this any more. */
  check(): void;
};

type Decided = Shared & { readonly share: SharePlan | null };

/** One more than this, and the list changes faster than anybody can write. */
const MOST_TRIES = 4;

const NOTHING: Decided = { kind: "nothing", history: [], share: null };

export const createSharer = (library: Library, plan: SharerPlan): Sharer => {
  const { world, line } = library;
  let audience: Promise<Audience> | null = null;

  const asked = <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
    insist(line, () => {
      plan.check();
      return ask();
    });

  const present = (): Promise<Audience> => {
    audience ??= asked(() => fetchAudience(world));
    return audience;
  };

  const refresh = async (): Promise<void> => {
    audience = null;
    await asked(() => world.refreshRoster());
  };

  const decide = (open: OpenConversation, reached: ReadonlySet<number>): Decided => {
    const base = replyBase(open);
    if (base === null) return NOTHING;
    const history = historyOf(open, plan.to);
    const lackers = lackersOf(world, open, new Set([...plan.to].filter((one) => reached.has(one))));
    if (lackers.size === 0) return { kind: "already", history, share: null };
    const present = presentReaders(world, open);
    const leftBehind = [...present].some((member) => !reached.has(member));
    if (leftBehind && !plan.leaveBehind) return { kind: "left-out", history: [], share: null };
    const readers = new Set([...present, ...plan.to]);
    // The same id over every try: however often it is sent, it is stored once.
    const messageId = world.crypto.random(16) as MessageId;
    return { kind: "shared", history, share: { open, base, lackers, readers, messageId } };
  };

  const post = async (shares: readonly SharePlan[]): Promise<readonly Placed[]> => {
    for (let tries = 1; ; tries++) {
      const list = await present();
      const sealed = shares.map((share) => seal(world, list, share).bytes);
      const body = encodeManyPost(sealed);
      try {
        const answer = await asked(() => world.api.bytes("/api/messages/many", { body }));
        return parsePlaced(answer, shares.length);
      } catch (error) {
        if (codeOf(error) !== "roster-changed" || tries === MOST_TRIES) throw error;
        await refresh();
      }
    }
  };

  /** Whose mailbox was deleted meanwhile has nothing to pass on. */
  const postAll = async (decided: readonly Decided[]): Promise<readonly Shared[]> => {
    const shares = decided.flatMap(({ share }) => (share === null ? [] : [share]));
    const placed = shares.length === 0 ? [] : await post(shares);
    const gone = new Set(shares.filter((_share, i) => (placed[i] ?? null) === null));
    return decided.map((one) => (one.share !== null && gone.has(one.share) ? NOTHING : one));
  };

  return {
    share: async (conversations) => {
      const opened = await asked(() => openConversations(library, conversations));
      const reached = reachedBy(await present());
      return postAll(opened.map((open) => decide(open, reached)));
    },
  };
};
