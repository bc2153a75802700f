import { parseBundle } from "../../../protocol/public/bundle.ts";
import type { PublicCrypto } from "../../../protocol/public/crypto.ts";
import {
  type NewsroomKeys,
  newestEra,
  openNewsroomKeys,
} from "../../../protocol/public/newsroom-keys.ts";
import type { Api } from "./api.ts";
import type { Newsroom } from "./world.ts";

/** Every key the newsroom has had, as the server tells them. Throws not-set-up, and codes of the protocol. */
export const fetchKeys = async (crypto: PublicCrypto, api: Api): Promise<NewsroomKeys> => {
  const bundle = parseBundle(await api.bytes("/api/newsroom", { background: true }));
  return openNewsroomKeys(crypto, bundle.newsroomStatements);
};

/**
 * The newsroom's id and newest key as the server tells them. The vault's keys are derived with this id, so another newsroom's
 * statement opens no vault; an invitee's eight words cover both. Throws not-set-up before set-up.
 */
export const fetchNewsroom = async (crypto: PublicCrypto, api: Api): Promise<Newsroom> => {
  const keys = await fetchKeys(crypto, api);
  return { newsroomId: keys.newsroomId, newsroomKey: newestEra(keys).key };
};
