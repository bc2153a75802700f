import { parseBundle } from "../../../protocol/public/bundle.ts";
import { equal } from "../../../protocol/public/bytes.ts";
import type { MessagingPublicKey, StaticPublicKey } from "../../../protocol/public/crypto.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import { parseLetter } from "../../../protocol/public/letter.ts";
import type { Letters } from "../../../protocol/public/letters-api.ts";
import { recipientsOn } from "../../../protocol/public/messaging-key.ts";
import {
  type LetterContent,
  type LetterReader,
  type LetterSubject,
  openLetter,
  sealLetter,
} from "../../../protocol/secret/letter.ts";
import { codeOf } from "../../kit/code-error.ts";
import { allStatics } from "./own-keys.ts";
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

const opened = (world: World, wire: Wire): LetterContent | null => {
  const letter = parseLetter(wire.letter);
  const { generation, period } = letter;
  const { crypto, newsroomId, memberNumber } = world;
  const messagingSeed = world.messagingSeed(generation, period);
  if (messagingSeed === null || !isTheirs(world, wire.from, letter.senderStatic)) return null;
  const messaging = crypto.kemPublicKey(messagingSeed) as MessagingPublicKey;
  const place = { memberNumber, generation, period, messaging };
  // It may have been sealed before one's static key was renewed.
  for (const { staticPublic, staticPrivate } of allStatics(world.own)) {
    const reader: LetterReader = { ...place, static: staticPublic };
    const keys = { newsroomId, reader, messagingSeed, staticPrivate };
    const content = openLetter(crypto, letter, keys);
    if (content !== null) return content;
  }
  return null;
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

/** False for a letter that opens and must stay: whoever takes it could not keep it yet. */
const takeOne = async (session: Session, wire: Wire): Promise<boolean> => {
  const { world } = session.opened();
  const content = tryOpen(world, wire);
  if (content === null) return true;
  const { from, day } = wire;
  const taker = session.letterTakers.get(content.subject);
  const kept = (await taker?.(world, { from, day, bytes: content.bytes })) ?? false;
  if (kept) await world.api.call("dropLetter", null, { id: String(wire.id), background: true });
  return kept;
};

/** The keys that a letter needs which opens and has to stay. */
export type StayingLetter = { readonly generation: number; readonly period: number };

/** Everything that waits, oldest first. Answers what has to stay: the keys it is sealed to are not destroyed before it. */
export const collectLetters = async (session: Session): Promise<readonly StayingLetter[]> => {
  const { world } = session.opened();
  const staying: StayingLetter[] = [];
  for (let after = 0; ; ) {
    const page = await world.api.call("letters", null, { id: String(after), background: true });
    for (const wire of page.letters) {
      if (!(await takeOne(session, wire))) staying.push(parseLetter(wire.letter));
    }
    const last = page.letters.at(-1);
    if (!page.more || last === undefined) return staying;
    after = last.id;
  }
};

export const takeLetters = (session: Session, subject: LetterSubject, taker: LetterTaker): void => {
  session.letterTakers.set(subject, taker);
};
