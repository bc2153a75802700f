import type {
  HeaderHash,
  MessageId,
  RosterHash,
  StaticPublicKey,
} from "../../../../protocol/public/crypto.ts";
import type { ContentKey } from "../../../../protocol/secret/crypto.ts";

/** A message this reader has a key to, or was meant to have one to. */
export type Known = {
  /** Mailbox and message id: the name of the message within this browser. */
  readonly key: string;
  readonly mailbox: string;
  readonly messageId: MessageId;
  readonly arrival: number;
  readonly day: number;
  readonly period: number;
  readonly rosterNumber: number;
  readonly rosterHash: RosterHash;
  readonly headerBytes: Uint8Array;
  readonly headerHash: HeaderHash;
  /** The header hash as hex. */
  readonly hash: string;
  readonly bodyBytes: number;
  readonly sealedSummary: Uint8Array;
  /** Null: for this reader, but broken. */
  readonly opened: Opened | null;
};

export type Opened = {
  readonly contentKey: ContentKey;
  readonly senderStatic: StaticPublicKey;
  readonly firstLine: string;
  readonly fileCount: number;
  /** Member number of the colleague on whose word this reader holds the key; null where its own slot gave it. */
  readonly sharedBy: number | null;
};

/** Any message listed, whoever it is for. */
export type Listed = {
  readonly key: string;
  readonly mailbox: string;
  readonly arrival: number;
  readonly hash: string;
  /** Length of its sealed body. */
  readonly bodyBytes: number;
};
