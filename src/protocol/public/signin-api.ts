/** How one signs in, and what one may change about it, as the newsroom's listener carries it. docs/api.md. */
import * as z from "zod/mini";
import { bytes, count, plainLine, whole } from "./json-shapes.ts";
import { HASH, ID, NONCE, TAG } from "./limits.ts";
import {
  CredentialId,
  PasskeyAssertion,
  RECOVERY_CODES,
  RecoveryCode,
  SessionKind,
  TotpCode,
  TotpSecret,
} from "./second-factor-api.ts";
import { AuthKey, Me, Token, UserName } from "./staff-api.ts";

export const MOST_PASSKEYS = 10;
export const PASSKEY_NAME_CHARACTERS = 40;

const WrappedKey = bytes(NONCE + HASH + TAG);

/** One's own sessions, the newest first. Days count since 1970-01-01 UTC. */
export const Sessions = z.strictObject({
  sessions: z.array(
    z.strictObject({
      id: bytes(ID),
      kind: SessionKind,
      startedDay: count,
      activeDay: count,
      current: z.boolean(),
    }),
  ),
});

export const PasskeyName = plainLine(PASSKEY_NAME_CHARACTERS);
/** What stands beside the passphrase. `wrappedKey` is the vault key under what the passkey's authenticator calculates. */
export const Factors = z.strictObject({
  recoveryCodesLeft: count,
  passkeys: z.array(
    z.strictObject({
      credentialId: CredentialId,
      name: PasskeyName,
      host: z.string(),
      addedDay: count,
      usedDay: z.nullable(count),
      wrappedKey: z.nullable(WrappedKey),
    }),
  ),
});

const placesOf = (codes: readonly string[]) => new Set(codes.map((code) => code[0]));
export const RecoveryCodesPost = z.strictObject({
  authKey: AuthKey,
  codes: z.array(RecoveryCode).check(
    z.length(RECOVERY_CODES),
    z.refine((codes) => placesOf(codes).size === RECOVERY_CODES, "a place twice"),
  ),
});
export const NewApp = z.strictObject({
  authKey: AuthKey,
  totpSecret: TotpSecret,
  totpCode: TotpCode,
});

export const ChallengeAsk = z.strictObject({ userName: UserName });
/** nonce 16, u32 seconds, MAC 32. */
export const CHALLENGE_BYTES = 52;
export const Challenge = z.strictObject({ challenge: bytes(CHALLENGE_BYTES) });
export const PasskeyPost = z.strictObject({
  authKey: AuthKey,
  name: PasskeyName,
  clientData: bytes(1, 2_048),
  attestation: bytes(1, 4_096),
});
/** `beside` is the passphrase's wrap of the same vault key: a door to an older one is refused. */
export const PasskeyDoorPost = z.strictObject({
  passkey: PasskeyAssertion,
  authKey: AuthKey,
  wrappedKey: WrappedKey,
  beside: WrappedKey,
});
export const PasskeyRemoval = z.strictObject({ credentialId: CredentialId });
/** A passkey alone: `authKey` comes of what its authenticator calculates. */
export const PasskeyLogin = z.strictObject({
  userName: UserName,
  passkey: PasskeyAssertion,
  authKey: AuthKey,
});
export const PasskeyUnlock = z.strictObject({ passkey: PasskeyAssertion, authKey: AuthKey });

export const FactorResetPost = z.strictObject({ memberNumber: whole(1, 65_535), tokenHash: Token });
export const FactorResetPosted = z.strictObject({ id: bytes(ID), expiresDay: count });
/** `by` is null where recovery words alone did it; `usedDay` is null while the link waits. */
export const FactorResets = z.strictObject({
  resets: z.array(
    z.strictObject({
      id: bytes(ID),
      memberNumber: z.nullable(count),
      userName: UserName,
      by: z.nullable(count),
      expiresDay: count,
      usedDay: z.nullable(count),
    }),
  ),
});
export const FactorResetOpen = z.strictObject({ token: Token });
export const FactorResetUse = z.strictObject({
  token: Token,
  userName: UserName,
  authKey: AuthKey,
  totpSecret: TotpSecret,
  totpCode: TotpCode,
});

export type Sessions = z.infer<typeof Sessions>;
export type Factors = z.infer<typeof Factors>;
export type PasskeyPost = z.infer<typeof PasskeyPost>;
export type PasskeyDoorPost = z.infer<typeof PasskeyDoorPost>;
export type FactorResets = z.infer<typeof FactorResets>;

const post = <Path extends string, Body extends z.ZodMiniType, Answer>(
  path: Path,
  body: Body,
  answer: Answer,
) => ({ method: "POST", path, body, answer }) as const;

export const signinRoutes = {
  sessions: { method: "GET", path: "/api/sessions", body: null, answer: Sessions },
  endSession: { method: "DELETE", path: "/api/sessions/:id", body: null, answer: null },
  endOtherSessions: {
    method: "POST",
    path: "/api/sessions/end-others",
    body: null,
    answer: null,
  },
  factors: { method: "GET", path: "/api/factors", body: null, answer: Factors },
  setRecoveryCodes: post("/api/factors/codes", RecoveryCodesPost, null),
  setApp: post("/api/factors/app", NewApp, null),
  challenge: post("/api/passkeys/challenge", ChallengeAsk, Challenge),
  addPasskey: post("/api/passkeys", PasskeyPost, null),
  addPasskeyDoor: post("/api/passkeys/door", PasskeyDoorPost, null),
  removePasskey: post("/api/passkeys/remove", PasskeyRemoval, null),
  passkeyLogin: post("/api/login/passkey", PasskeyLogin, Me),
  passkeyUnlock: post("/api/unlock/passkey", PasskeyUnlock, null),
  resetFactor: post("/api/factor-resets", FactorResetPost, FactorResetPosted),
  factorResets: { method: "GET", path: "/api/factor-resets", body: null, answer: FactorResets },
  withdrawReset: { method: "DELETE", path: "/api/factor-resets/:id", body: null, answer: null },
  openReset: post("/api/factor-resets/open", FactorResetOpen, null),
  useReset: post("/api/factor-resets/use", FactorResetUse, Me),
} as const;
