import { ADJECTIVES } from "./adjectives.ts";
import { BIRDS } from "./birds.ts";

/**
 * A name people can say instead of a mailbox id: two words from the id's first two bytes, the same for every colleague. Ids are hashes,
 * so names repeat (65,536 of them); where they do, `sourceNumber` tells two sources apart.
 */
export const sourceName = (mailboxId: Uint8Array): string =>
  `${ADJECTIVES[mailboxId[0] ?? 0] ?? ""} ${BIRDS[mailboxId[1] ?? 0] ?? ""}`;

/** 1 to 9999, from the next bytes of the id. */
export const sourceNumber = (mailboxId: Uint8Array): number =>
  (((mailboxId[2] ?? 0) * 65_536 + (mailboxId[3] ?? 0) * 256 + (mailboxId[4] ?? 0)) % 9_999) + 1;
