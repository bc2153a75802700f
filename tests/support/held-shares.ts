import { heldShares } from "../../src/browser/newsroom/worker/word-shares/holding.ts";
import type { SharedWords } from "../../src/protocol/secret/word-share.ts";
import type { Colleague } from "./worker-colleagues.ts";

/** What may become of a share of words in its holder's vault. */
const heldRecord = (holder: Colleague, words: SharedWords) => {
  const { records } = holder.world();
  const at = heldShares(holder.world()).findIndex((share) => share.words === words);
  const id = records.ids().filter((one) => one.startsWith("share-held"))[at] ?? "";
  const kept = records.get(id)?.slice() ?? new Uint8Array();
  const put = (bytes: Uint8Array) => records.change(() => ({ put: new Map([[id, bytes]]) }));
  const mend = () => put(kept);
  return { records, id, kept, put, mend };
};

/** In a holder's vault stands another piece; what it gives mends that. */
export const spoil = async (...of: Parameters<typeof heldRecord>) => {
  const { kept, put, mend } = heldRecord(...of);
  const other = kept.slice();
  other[kept.length - 2] = (other[kept.length - 2] ?? 0) ^ 1;
  await put(other);
  return mend;
};

/** It is in that vault no more. */
export const lose = async (...of: Parameters<typeof heldRecord>) => {
  const { records, id, mend } = heldRecord(...of);
  await records.change(() => ({ remove: [id] }));
  return mend;
};
