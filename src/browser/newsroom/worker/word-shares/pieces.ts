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

/** Each choice of `size` out of `items`; ends at the first that `use` likes. */
const findChoice = async <Item>(
  items: readonly Item[],
  size: number,
  use: (chosen: readonly Item[]) => Promise<Uint8Array | null>,
): Promise<Uint8Array | null> => {
  if (size === 0) return use([]);
  for (let first = 0; first + size <= items.length; first++) {
    const [item] = items.slice(first, first + 1);
    const rest = items.slice(first + 1);
    const found = await findChoice(rest, size - 1, (chosen) =>
      item === undefined ? Promise.resolve(null) : use([item, ...chosen]),
    );
    if (found !== null) return found;
  }
  return null;
};

/** Twenty pieces of which ten are needed and one is false take fewer. */
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
  for (const share of shares) {
    const own = shares.filter((one) => sameSet(one, share));
    const found = own.length < share.needed ? null : await joinSet(world, own, [share]);
    if (found !== null) return found;
  }
  return null;
};
