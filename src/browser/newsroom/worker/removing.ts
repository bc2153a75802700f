import { concat, u16 } from "../../../protocol/public/bytes.ts";
import { MAX_WRAPS } from "../../../protocol/public/limits.ts";
import { decoyWrap } from "../../../protocol/secret/archive.ts";
import { deleteTokenOf } from "../../../protocol/secret/content.ts";
import type { Known } from "./reading/known.ts";
import type { Library } from "./reading/library.ts";

/** Two ways to get rid of a conversation: one's own copy, or the messages themselves, for everybody. */

const inBatches = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / MAX_WRAPS) }, (_, i) =>
    items.slice(i * MAX_WRAPS, (i + 1) * MAX_WRAPS),
  );

const post = async (
  library: Library,
  path: string,
  rows: readonly (readonly Uint8Array[])[],
): Promise<void> => {
  for (const batch of inBatches(rows)) {
    const body = concat([u16(batch.length), ...batch.flat()]);
    await library.world.api.bytes(path, { body });
  }
};

/** The wraps become random bytes on the server, as if the messages had never been for this reader. */
export const removeCopy = async (library: Library, messages: readonly Known[]): Promise<void> => {
  const { crypto } = library.world;
  // A real wrap still on its way would undo this.
  await library.stored();
  const rows = messages.map(({ messageId }) => [messageId, decoyWrap(crypto)]);
  await post(library, "/api/messages/remove-copy", rows);
  await library.forgotten.add(messages, "copy");
  library.book.remove(
    messages.map(({ key }) => key),
    false,
  );
  library.changed();
};

/** Every message this reader can open, for the source and all colleagues too. Broken ones have no token: their copy is removed. */
export const deleteForEverybody = async (
  library: Library,
  messages: readonly Known[],
): Promise<void> => {
  const { crypto } = library.world;
  const rows = messages.flatMap(({ messageId, opened }) =>
    opened === null ? [] : [[messageId, deleteTokenOf(crypto, opened.contentKey)]],
  );
  const broken = messages.filter(({ opened }) => opened === null);
  await library.stored();
  await post(library, "/api/messages/delete", rows);
  const whole = messages.filter(({ opened }) => opened !== null);
  await library.forgotten.add(whole, "everybody");
  if (broken.length > 0) await removeCopy(library, broken);
  library.book.remove(
    messages.map(({ key }) => key),
    true,
  );
  library.changed();
};
