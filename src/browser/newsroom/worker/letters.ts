import { parseBundle } from "../../../protocol/public/bundle.ts";
import { equal } from "../../../protocol/public/bytes.ts";
import type { MessagingPublicKey, StaticPublicKey } from "../../../protocol/public/crypto.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import { parseLetter } from "../../../protocol/public/letter.ts";
import type { Letters } from "../../../protocol/public/letters-api.ts";
import { recipientsOn } from "../../../protocol/public/messaging-key.ts";
import type { MessagingSeed } from "../../../protocol/secret/crypto.ts";
import {
  type LetterContent,
  type LetterReader,
  type LetterSubject,
  openLetter,
  sealLetter,
} from "../../../protocol/secret/letter.ts";
import { codeOf } from "../../kit/code-error.ts";
import type { Session } from "./session.ts";
import type { World } from "./world.ts";

/** Letters to and from colleagues: what is sent, and who takes what has come. docs/protocol.md §15. */

export type LetterGot = {
  /** Member number; their key is in the roster and not reported stolen. */
  readonly from: number;
  readonly day: number;
  readonly bytes: Uint8Array;
};

/** True once all of it is kept (the server then forgets the letter); false leaves it for the next unlock. */
export type LetterTaker = (world: World, letter: LetterGot) => Promise<boolean>;

/** Member numbers that a letter can be sealed to today. */
export const reachableMembers = async (world: World): Promise<readonly LetterReader[]> => {
  const { crypto, roster, today } = world;
  const bundle = parseBundle(await world.api.bytes("/api/newsroom", { background: true }));
  const { period, recipients } = recipientsOn(crypto, bundle.messagingKeys, { roster, today });
  return recipients.flatMap(({ entry, messaging }) =>
    messaging === null
      ? []
      : [
          {
            memberNumber: entry.memberNumber,
            generation: entry.generation,
            period,
            static: entry.static,
            messaging,
          },
        ],
  );
};

/** To one of `reachableMembers`, for whoever writes several; answers the letter's number at the server. Throws no-room, offline. */
export const postLetter = async (
  world: World,
  reader: LetterReader,
  content: LetterContent,
): Promise<number> => {
  const { crypto, newsroomId, own } = world;
  const sender = { public: own.staticPublic, private: own.staticPrivate };
  const letter = sealLetter(crypto, { newsroomId, sender, reader }, content);
  return (await world.api.call("sendLetter", { to: reader.memberNumber, letter })).id;
};

/** Answers the letter's number at the server. Throws no-reader when they have no key now, no-room, offline. */
export const sendLetter = async (
  world: World,
  to: number,
  content: LetterContent,
): Promise<number> => {
  const reader = (await reachableMembers(world)).find((one) => one.memberNumber === to);
  if (reader === undefined) throw new SealdropError("no-reader");
  return postLetter(world, reader, content);
};

type Wire = Letters["letters"][number];

/** Only a colleague's own key that nobody has reported stolen counts; who has left may have written before. */
const isTheirs = (world: World, from: number, senderStatic: StaticPublicKey): boolean =>
  world.roster.entries.some(
    (entry) =>
      entry.memberNumber === from && entry.state !== "stolen" && equal(entry.static, senderStatic),
  );

const readerOf = (world: World, seed: MessagingSeed, place: Place): LetterReader => ({
  memberNumber: world.memberNumber,
  ...place,
  static: world.own.staticPublic,
  messaging: world.crypto.kemPublicKey(seed) as MessagingPublicKey,
});
type Place = Pick<LetterReader, "generation" | "period">;

const opened = (world: World, wire: Wire): LetterContent | null => {
  const letter = parseLetter(wire.letter);
  const { generation, period } = letter;
  const messagingSeed = world.messagingSeed(generation, period);
  if (messagingSeed === null || !isTheirs(world, wire.from, letter.senderStatic)) return null;
  return openLetter(world.crypto, letter, {
    newsroomId: world.newsroomId,
    reader: readerOf(world, messagingSeed, { generation, period }),
    messagingSeed,
    staticPrivate: world.own.staticPrivate,
  });
};

/** Null for what is not for these keys, or broken: it stays where it is until the server's own time for it is over. */
const tryOpen = (world: World, wire: Wire): LetterContent | null => {
  try {
    return opened(world, wire);
  } catch (error) {
    if (codeOf(error) !== "bad-structure") throw error;
    return null;
  }
};

const takeOne = async (session: Session, wire: Wire): Promise<void> => {
  const { world } = session.opened();
  const content = tryOpen(world, wire);
  const taker = content === null ? undefined : session.letterTakers.get(content.subject);
  if (content === null || taker === undefined) return;
  const { from, day } = wire;
  if (await taker(world, { from, day, bytes: content.bytes })) {
    await world.api.call("dropLetter", null, { id: String(wire.id), background: true });
  }
};

/** Everything that waits, oldest first. Before a period's keys are destroyed: letters are sealed to them. */
export const collectLetters = async (session: Session): Promise<void> => {
  const { world } = session.opened();
  for (let after = 0; ; ) {
    const page = await world.api.call("letters", null, { id: String(after), background: true });
    for (const wire of page.letters) await takeOne(session, wire);
    const last = page.letters.at(-1);
    if (!page.more || last === undefined) return;
    after = last.id;
  }
};

export const takeLetters = (session: Session, subject: LetterSubject, taker: LetterTaker): void => {
  session.letterTakers.set(subject, taker);
};
