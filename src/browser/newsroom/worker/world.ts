import type {
  NewsroomId,
  NewsroomPublicKey,
  RosterHash,
  StaticPublicKey,
} from "../../../protocol/public/crypto.ts";
import type { RosterEntry, VerifiedRoster } from "../../../protocol/public/roster.ts";
import type { Settings } from "../../../protocol/public/settings.ts";
import type { Me } from "../../../protocol/public/staff-api.ts";
import type { Archive } from "../../../protocol/secret/archive.ts";
import type {
  IdentitySeed,
  MessagingSeed,
  PassphraseCrypto,
  StaticPrivateKey,
} from "../../../protocol/secret/crypto.ts";
import type { Api } from "./api.ts";
import type { Records } from "./vault.ts";

/** The newsroom as this browser has verified it. */
export type Newsroom = {
  readonly newsroomId: NewsroomId;
  readonly newsroomKey: NewsroomPublicKey;
};

/** A member's own private keys. */
export type Own = {
  readonly identitySeed: IdentitySeed;
  readonly staticPrivate: StaticPrivateKey;
  readonly staticPublic: StaticPublicKey;
  readonly archive: Archive;
};

/** A static and an archive key that the member had before, kept until nothing needs them any more. */
export type OldOwn = Pick<Own, "staticPrivate" | "staticPublic" | "archive"> & {
  /** Of the entry they stood in when newer ones took their place. */
  readonly generation: number;
};

/** Oldest first. */
export type OwnKeys = Own & { readonly old: readonly OldOwn[] };

/** An account whose vault is open; not yet a member while `me.memberNumber` is null. */
export type Member = Newsroom & {
  readonly crypto: PassphraseCrypto;
  readonly api: Api;
  readonly me: Me;
  readonly own: Own;
  readonly records: Records;
  /** Epoch day: the server's when this browser's clock agrees within a day, else this clock's. */
  readonly today: number;
  readonly clockAgrees: boolean;
};

/** What a member works with; `roster`, `settings` and `entry` follow the newest roster. */
export type World = Member & {
  readonly memberNumber: number;
  /** As the vault holds them now: they change while a desk is open. */
  readonly own: OwnKeys;
  readonly roster: VerifiedRoster;
  readonly settings: Settings;
  /** The own entry of the newest roster. */
  readonly entry: RosterEntry;
  /** Any roster of the verified chain; null when it holds none of that number and hash. */
  rosterOf(number: number, hash: RosterHash | Uint8Array): VerifiedRoster | null;
  /** Null when it was never made here, or is destroyed. */
  messagingSeed(generation: number, period: number): MessagingSeed | null;
  /** Fetches newer rosters; true when there were any. */
  refreshRoster(): Promise<boolean>;
};
