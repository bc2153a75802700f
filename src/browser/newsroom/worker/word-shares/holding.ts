import { equal, hex } from "../../../../protocol/public/bytes.ts";
import type { VaultRecords } from "../../../../protocol/secret/vault.ts";
import {
  encodeShareReturn,
  encodeWordShare,
  parseShareLetter,
  parseWordShare,
  rehearsalAnswer,
  rehearsalKey,
  type ShareLetter,
  type ShareReturn,
  type WordShare,
} from "../../../../protocol/secret/word-share.ts";
import { codeOf } from "../../../kit/code-error.ts";
import { type LetterGot, sendLetter, takeLetters } from "../letters.ts";
import type { Session } from "../session.ts";
import type { World } from "../world.ts";

/** The holder's side: shares of colleagues' words lie in this vault, and are shown to nobody. docs/protocol.md §19.3. */

const PREFIX = "share-held:";
const recordId = ({ owner, setId }: Pick<WordShare, "owner" | "setId">): string =>
  `${PREFIX}${owner}:${hex(setId)}`;

const ASKED = "share-asked:";
const askedId = (member: number): string => `${ASKED}${member}`;

const sharesIn = (records: VaultRecords): readonly WordShare[] =>
  [...records].flatMap(([id, bytes]) => (id.startsWith(PREFIX) ? [parseWordShare(bytes)] : []));

export const heldShares = (world: World): readonly WordShare[] => sharesIn(world.records.all());

export const findHeld = (world: World, setId: Uint8Array): WordShare | null =>
  heldShares(world).find((share) => equal(share.setId, setId)) ?? null;

/** A letter comes once, and another desk may have taken in the one before it. */
const findHeldNow = async (world: World, setId: Uint8Array): Promise<WordShare | null> => {
  const known = findHeld(world, setId);
  if (known !== null) return known;
  await world.records.reload();
  return findHeld(world, setId);
};

/** Of one owner's words at most two: the set that counts and one that is just being made. Nobody can fill a colleague's vault. */
const MOST_OF_ONE = 2;

const keep = (world: World, share: WordShare): Promise<void> =>
  world.records.change((records) => {
    const id = recordId(share);
    if (records.has(id)) return null;
    const others = sharesIn(records)
      .filter(({ owner, words }) => owner === share.owner && words === share.words)
      .sort((a, b) => b.serial - a.serial);
    const remove = others.slice(MOST_OF_ONE - 1).map(recordId);
    return { put: new Map([[id, encodeWordShare(share)]]), remove };
  });

const drop = async (world: World, owner: number, setId: Uint8Array): Promise<void> => {
  if ((await findHeldNow(world, setId)) === null) return;
  await world.records.change((records) => {
    const id = recordId({ owner, setId });
    return records.has(id) ? { remove: [id] } : null;
  });
};

/** The server learns that a share of this set is held, and on which day; not the share. */
const acknowledge = async (world: World, setId: Uint8Array): Promise<void> => {
  try {
    await world.api.call("shareKept", { setId });
  } catch (error) {
    // The owner's browser registers the set after it has sent the shares: the next unlock says it again.
    if (codeOf(error) !== "not-found") throw error;
  }
};

const reply = async (world: World, to: number, said: ShareReturn): Promise<void> => {
  await sendLetter(world, to, { subject: "share-return", bytes: encodeShareReturn(said) });
};

const rehearse = async (
  world: World,
  owner: number,
  { setId, nonce }: Extract<ShareLetter, { say: "rehearse" }>,
): Promise<void> => {
  const { crypto, newsroomId, memberNumber: holder } = world;
  const share = await findHeldNow(world, setId);
  const held = share !== null && share.owner === owner;
  const answer = held
    ? rehearsalAnswer(crypto, rehearsalKey(crypto, newsroomId, { ...share, holder }), nonce)
    : null;
  await reply(world, owner, { say: "rehearsed", setId, nonce, answer });
};

const DAY = 4;

const noteAsked = (world: World, { from, day }: LetterGot): Promise<void> =>
  world.records.change(() => {
    const when = new DataView(new ArrayBuffer(DAY));
    when.setUint32(0, day);
    return { put: new Map([[askedId(from), new Uint8Array(when.buffer)]]) };
  });

const act = async (world: World, got: LetterGot, letter: ShareLetter): Promise<void> => {
  switch (letter.say) {
    case "keep":
      // A share is its owner's to give: nobody gives one in a colleague's name.
      if (letter.share.owner !== got.from) break;
      await keep(world, letter.share);
      await acknowledge(world, letter.share.setId);
      break;
    case "drop":
      await drop(world, got.from, letter.setId);
      break;
    case "rehearse":
      await rehearse(world, got.from, letter);
      break;
    case "collect":
      await noteAsked(world, got);
      break;
  }
};

/**
 * An owner without a key to answer to asks again, and one whose share a full vault does not take sees that nobody keeps it; a letter
 * that stayed for it would keep old keys from being destroyed.
 */
const GIVEN_UP = new Set(["bad-structure", "no-reader", "no-room", "too-large"]);

const takeShare = async (world: World, got: LetterGot): Promise<boolean> => {
  try {
    await act(world, got, parseShareLetter(got.bytes));
  } catch (error) {
    if (!GIVEN_UP.has(codeOf(error))) throw error;
  }
  return true;
};

export const startHolding = (session: Session): void => {
  takeLetters(session, "share", takeShare);
  session.onOpen((world) => {
    const all = heldShares(world).map(({ setId }) => acknowledge(world, setId));
    Promise.all(all).catch(() => undefined);
  });
};

/** Colleagues who ask for their newsroom words' shares. */
export const askedBy = (world: World): readonly number[] =>
  world.records
    .ids()
    .filter((id) => id.startsWith(ASKED))
    .map((id) => Number(id.slice(ASKED.length)));

const forgetAsked = (world: World, member: number): Promise<void> =>
  world.records.change((records) =>
    records.has(askedId(member)) ? { remove: [askedId(member)] } : null,
  );

/** A person has said so: every share of newsroom words that is held here goes to whoever asked. */
export const giveBack = async (world: World, member: number): Promise<void> => {
  for (const share of heldShares(world).filter(({ words }) => words === "newsroom")) {
    await reply(world, member, { say: "returned", share });
  }
  await forgetAsked(world, member);
};

export const refuseToGive = forgetAsked;
