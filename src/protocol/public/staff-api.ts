/**
 * Every JSON body and answer of the newsroom listener (docs/api.md), for the server's door and for the newsroom's pages.
 * `z.decode(Shape, json)` reads a body or an answer; `z.encode(Shape, value)` makes the JSON. Bytes are `Uint8Array`
 * inside and base64url on the wire.
 */
import * as z from "zod/mini";
import { byteCount, bytes, count, plainLine, whole } from "./json-shapes.ts";
import {
  ARGON2_MIN_MEMORY_KIB,
  ARGON2_MIN_PASSES,
  HASH,
  ID,
  MAX_NAME,
  MAX_SETTINGS,
  MAX_STATEMENT,
  MAX_VAULT_RECORD,
  NONCE,
  TAG,
} from "./limits.ts";
import { secondFactors, TotpCode, TotpSecret, withFactor } from "./second-factor-api.ts";
import { SETTINGS_LIMITS } from "./settings.ts";

export { TotpCode, TotpSecret };

/** Bytes unless the name says otherwise. */
export const staffLimits = {
  userNameCharacters: 32,
  shownNameCharacters: MAX_NAME,
  inviteLabelCharacters: 80,
  statementBytes: 4_096,
  rosterBytes: MAX_STATEMENT,
  settingsBytes: MAX_SETTINGS,
  messagingKeyStatements: 64,
  vaultRecordBytes: MAX_VAULT_RECORD + NONCE + TAG,
  vaultRecords: 512,
  vaultListBytes: 65_536,
  invites: 50,
  closedPeriods: 512,
  memoryKiB: { min: ARGON2_MIN_MEMORY_KIB, max: 1_048_576 },
  passes: { min: ARGON2_MIN_PASSES, max: 16 },
} as const;

export const UserName = z
  .string()
  .check(
    z.maxLength(staffLimits.userNameCharacters),
    z.regex(/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/),
  );
export const ShownName = plainLine(staffLimits.shownNameCharacters);
export const AuthKey = bytes(32);
export const Salt = bytes(16);
export const Token = bytes(HASH);
export const InviteId = bytes(ID);
export const RecordId = z.string().check(z.regex(/^[a-z0-9:-]{1,64}$/));
export const Role = z.enum(["admin", "journalist"]);
export const Origin = z.string().check(z.maxLength(300), z.regex(/^https?:\/\/[^/\s]+$/));

const PublicKey = bytes(32);
const Statement = bytes(1, staffLimits.statementBytes);
const RosterStatement = bytes(1, staffLimits.rosterBytes);
const SettingsBytes = bytes(1, staffLimits.settingsBytes);
const MessagingKeyStatements = z
  .array(Statement)
  .check(z.maxLength(staffLimits.messagingKeyStatements));

const stretching = {
  salt: Salt,
  memoryKiB: whole(staffLimits.memoryKiB.min, staffLimits.memoryKiB.max),
  passes: whole(staffLimits.passes.min, staffLimits.passes.max),
};

export const Account = z.strictObject({
  userName: UserName,
  ...stretching,
  authKey: AuthKey,
  recoveryAuthKey: AuthKey,
  totpSecret: TotpSecret,
  totpCode: TotpCode,
});

export const VaultRecord = z.strictObject({
  id: RecordId,
  sealed: bytes(1, staffLimits.vaultRecordBytes),
});
const differentIds = (records: readonly { readonly id: string }[]): boolean =>
  new Set(records.map(({ id }) => id)).size === records.length;
const vaultFields = {
  wrappedKey: bytes(NONCE + HASH + TAG),
  recoveryWrappedKey: bytes(NONCE + HASH + TAG),
  list: bytes(1, staffLimits.vaultListBytes),
  records: z
    .array(VaultRecord)
    .check(z.maxLength(staffLimits.vaultRecords), z.refine(differentIds, "an id twice")),
};
/** A new vault has version 1; every write raises it by one, and its list is sealed for the version it makes. */
const VaultVersion = whole(1, 0x7fff_ffff);
export const Vault = z.strictObject(vaultFields);
export const VaultAnswer = z.strictObject({ version: VaultVersion, ...vaultFields });
export const VaultWrite = z.strictObject({
  expectVersion: VaultVersion,
  list: vaultFields.list,
  put: vaultFields.records,
  remove: z.array(RecordId).check(z.maxLength(staffLimits.vaultRecords)),
});
export const VaultWritten = z.strictObject({ version: VaultVersion });

export const SetupCheck = z.strictObject({ setupToken: Token });
/** The first settings sign the origins of the source's page, before there is a session to tell them. */
export const SetupChecked = z.strictObject({
  sourceOrigins: z.array(Origin).check(z.minLength(1), z.maxLength(SETTINGS_LIMITS.origins)),
});
export const Setup = z.strictObject({
  setupToken: Token,
  created: Statement,
  roster: RosterStatement,
  settings: SettingsBytes,
  messagingKeys: MessagingKeyStatements,
  account: Account,
  vault: Vault,
});

/** `memberNumber` is null until an admin has approved the account; `today` counts days since 1970-01-01 UTC. */
export const Me = z.strictObject({
  userName: UserName,
  role: Role,
  memberNumber: z.nullable(count),
  today: count,
  sourceOrigin: Origin,
  newsroomOrigin: Origin,
});

export const Prelogin = z.strictObject({ userName: UserName });
export const PreloginAnswer = z.strictObject(stretching);
export const Login = withFactor({ userName: UserName, authKey: AuthKey }, secondFactors);
/** Recovery words may also bring a new second factor: whoever has lost both has the sheet. */
export const Recover = withFactor({ userName: UserName, recoveryAuthKey: AuthKey }, [
  ...secondFactors,
  { totpSecret: TotpSecret, totpCode: TotpCode },
]);
export const Unlock = z.strictObject({ authKey: AuthKey });
export const PassphraseChange = z.strictObject({
  authKey: z.strictObject({ kind: z.enum(["passphrase", "recovery"]), key: AuthKey }),
  ...stretching,
  newAuthKey: AuthKey,
  newRecoveryAuthKey: AuthKey,
  expectVersion: VaultVersion,
  vault: Vault,
});

export const RosterPost = z.strictObject({
  statement: RosterStatement,
  settings: SettingsBytes,
  approveInvite: z.optional(InviteId),
});
export const RosterPosted = z.strictObject({ number: count });

export const MessagingKeysAnswer = z.strictObject({
  keys: z.array(z.strictObject({ memberNumber: count, generation: count, period: count })),
});
export const MessagingKeysPost = z.strictObject({ statements: MessagingKeyStatements });
export const DestroyedKeys = z.strictObject({
  periods: z
    .array(z.strictObject({ period: count, generation: count }))
    .check(z.maxLength(staffLimits.closedPeriods)),
});
export const ClosedPeriods = z.strictObject({
  closed: z.array(z.strictObject({ period: count, unopened: count })),
});

/** What both sides compare by eight words before the admin signs; the shown name is the one that stays public. */
export const InviteAnswerShown = z.strictObject({
  userName: UserName,
  name: ShownName,
  identityKey: PublicKey,
  staticKey: PublicKey,
});
export const InvitePost = z.strictObject({
  tokenHash: bytes(HASH),
  label: plainLine(staffLimits.inviteLabelCharacters),
});
export const InvitePosted = z.strictObject({ id: InviteId, expiresDay: count });
export const Invites = z.strictObject({
  invites: z.array(
    z.strictObject({
      id: InviteId,
      label: z.string(),
      state: z.enum(["open", "answered", "expired"]),
      answer: z.optional(InviteAnswerShown),
    }),
  ),
});
export const InviteOpen = z.strictObject({ token: Token });
export const InviteAnswer = z.strictObject({
  token: Token,
  name: ShownName,
  identityKey: PublicKey,
  staticKey: PublicKey,
  account: Account,
  vault: Vault,
});

export const People = z.strictObject({
  people: z.array(
    z.strictObject({
      memberNumber: z.nullable(count),
      userName: UserName,
      role: Role,
      lastUnlockDay: count,
    }),
  ),
});

const ceilings = {
  ceilingBytes: byteCount,
  unclaimedBytes: byteCount,
  textReserveBytes: byteCount,
};
export const IntakePost = z.strictObject(ceilings);
export const Intake = z.strictObject({
  ...ceilings,
  usedBytes: byteCount,
  unclaimedUsedBytes: byteCount,
});

/** Every refusal; `retryAfterSeconds` comes with `wait` only. */
export const Refusal = z.strictObject({
  error: z.string().check(z.maxLength(64)),
  retryAfterSeconds: z.optional(count),
});

export type Account = z.infer<typeof Account>;
export type VaultRecord = z.infer<typeof VaultRecord>;
export type Vault = z.infer<typeof Vault>;
export type VaultAnswer = z.infer<typeof VaultAnswer>;
export type VaultWrite = z.infer<typeof VaultWrite>;
export type Setup = z.infer<typeof Setup>;
export type Role = z.infer<typeof Role>;
export type Me = z.infer<typeof Me>;
export type PreloginAnswer = z.infer<typeof PreloginAnswer>;
export type Login = z.infer<typeof Login>;
export type Recover = z.infer<typeof Recover>;
export type PassphraseChange = z.infer<typeof PassphraseChange>;
export type RosterPost = z.infer<typeof RosterPost>;
export type MessagingKeysAnswer = z.infer<typeof MessagingKeysAnswer>;
export type DestroyedKeys = z.infer<typeof DestroyedKeys>;
export type ClosedPeriods = z.infer<typeof ClosedPeriods>;
export type InviteAnswerShown = z.infer<typeof InviteAnswerShown>;
export type InvitePost = z.infer<typeof InvitePost>;
export type Invites = z.infer<typeof Invites>;
export type InviteAnswer = z.infer<typeof InviteAnswer>;
export type People = z.infer<typeof People>;
export type Intake = z.infer<typeof Intake>;
export type IntakePost = z.infer<typeof IntakePost>;
