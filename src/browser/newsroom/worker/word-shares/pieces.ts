import { combine, split } from "shamir-secret-sharing";
import { equal } from "../../../../protocol/public/bytes.ts";
import type { NewsroomId, PublicCrypto } from "../../../../protocol/public/crypto.ts";
import { type WordShare, wordCheck } from "../../../../protocol/secret/word-share.ts";

/** From words to pieces and back. The library draws from the platform's own randomness, so it stands here and not in protocol/. */

/** Any `needed` of the `count` pieces give the words back; fewer tell nothing. */
export const splitWords = (
  entropy: Uint8Array,
  { needed, count }: Pick<WordShare, "needed" | "count">,
): Promise<readonly Uint8Array[]> => split(new Uint8Array(entropy), count, needed);

/**
 * Each choice of `size` out of `items`, those among the first items before any with a later one; ends at the first that `use` likes.
 * So with `f` false ones it ends among the first `size + f`, wherever they stand.
 */
const findChoice = async <Item>(
  items: readonly Item[],
  size: number,
  use: (chosen: readonly Item[]) => Promise<Uint8Array | null>,
): Promise<Uint8Array | null> => {
  if (size === 0) return use([]);
  for (const [place, item] of items.entries()) {
    if (place + 1 < size) continue;
    const found = await findChoice(items.slice(0, place), size - 1, (chosen) =>
      use([...chosen, item]),
    );
    if (found !== null) return found;
  }
  return null;
};

/** Twenty pieces of which ten are needed and seven are false take fewer. */
const MOST_TRIES = 20_000;

export type JoinWorld = { readonly crypto: PublicCrypto; readonly newsroomId: NewsroomId };

const joinSet = (
  { crypto, newsroomId }: JoinWorld,
  shares: readonly WordShare[],
  [first]: readonly [WordShare],
): Promise<Uint8Array | null> => {
  const { setId, check, needed } = first;
  let tries = 0;
  return findChoice(shares, needed, async (chosen) => {
    tries += 1;
    const places = new Set(chosen.map(({ piece }) => piece.at(-1)));
    if (tries > MOST_TRIES || places.size < needed) return null;
    const entropy = await combine(chosen.map(({ piece }) => new Uint8Array(piece)));
    return equal(wordCheck(crypto, newsroomId, { setId, entropy }), check) ? entropy : null;
  });
};

const sameSet = (a: WordShare, b: WordShare): boolean =>
  equal(a.setId, b.setId) && equal(a.check, b.check) && a.needed === b.needed;

/** The words of the first set of which enough right pieces are there. A false piece costs time and spoils nothing. */
export const joinWords = async (
  world: JoinWorld,
  shares: readonly WordShare[],
): Promise<Uint8Array | null> => {
  const first = shares.filter((share, i) => shares.findIndex((one) => sameSet(one, share)) === i);
  for (const share of first) {
    const own = shares.filter((one) => sameSet(one, share));
    const found = own.length < share.needed ? null : await joinSet(world, own, [share]);
    if (found !== null) return found;
  }
  return null;
};
