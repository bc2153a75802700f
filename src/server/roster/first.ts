import { SealdropError } from "../../protocol/public/errors.ts";
import { currentMembers } from "../../protocol/public/roster.ts";
import { checkFollows } from "../../protocol/public/roster-chain.ts";
import { openNewsroomCreated } from "../../protocol/public/statement.ts";
import type { AppendLeaves } from "../database/append-leaves.ts";
import { bytes, type Transaction } from "../database/database.ts";
import type { World } from "../http/world.ts";
import type { MessagingKeys } from "./messaging-keys.ts";
import { CREATED, openSignedRoster, type SignedRoster, storeRoster } from "./newsroom.ts";

/** How a newsroom begins: its own statement, roster number one with one member, and that member's keys. */
export type NewsroomStart = {
  readonly created: Uint8Array;
  readonly signed: SignedRoster;
  readonly memberNumber: number;
  readonly messagingKeys: readonly Uint8Array[];
};

export type StartParts = {
  readonly created: Uint8Array;
  readonly roster: Uint8Array;
  readonly settings: Uint8Array;
  readonly messagingKeys: readonly Uint8Array[];
};

export type FirstNewsroom = {
  /** Everything that needs no database. Throws codes of the protocol. */
  check(parts: StartParts): NewsroomStart;
  store(tx: Transaction, start: NewsroomStart): Promise<void>;
};

type FirstWorld = Pick<World, "crypto"> & {
  readonly keys: MessagingKeys;
  readonly append: AppendLeaves;
};

export const createFirstNewsroom = ({ crypto, keys, append }: FirstWorld): FirstNewsroom => ({
  check: ({ created, roster: statement, settings, messagingKeys }) => {
    const { newsroomId, newsroomKey } = openNewsroomCreated(crypto, created);
    const newsroom = { newsroomId, key: newsroomKey };
    const signed = openSignedRoster(crypto, { statement, settings }, newsroom);
    checkFollows(null, signed.roster);
    const [only, another] = currentMembers(signed.roster);
    if (only === undefined || another !== undefined) throw new SealdropError("roster-invalid");
    return { created, signed, memberNumber: only.memberNumber, messagingKeys };
  },
  store: async (tx, { created, signed, memberNumber, messagingKeys }) => {
    await tx.newsroomStatement.create({ data: { ordinal: CREATED, statement: bytes(created) } });
    await storeRoster(tx, signed);
    await append(tx, [created, signed.statement]);
    await keys.store(tx, { roster: signed.roster, memberNumber, statements: messagingKeys });
  },
});
