import { parseBundle } from "../../../protocol/public/bundle.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import { openNewsroomCreated } from "../../../protocol/public/statement.ts";
import type { SecretCrypto } from "../../../protocol/secret/crypto.ts";
import type { Api } from "./api.ts";
import type { Newsroom } from "./world.ts";

/**
 * The newsroom's id and key as the server tells them. The vault's keys are derived with this id, so another newsroom's
 * statement opens no vault; an invitee's eight words cover both. Throws not-set-up before set-up.
 */
export const fetchNewsroom = async (crypto: SecretCrypto, api: Api): Promise<Newsroom> => {
  const bundle = parseBundle(await api.bytes("/api/newsroom"));
  const [created, ...rotations] = bundle.newsroomStatements;
  if (created === undefined || rotations.length > 0) throw new SealdropError("bad-structure");
  return openNewsroomCreated(crypto, created);
};
