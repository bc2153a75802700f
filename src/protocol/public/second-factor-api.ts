/** Second factors as they travel: a code of an app, a code from paper, a passkey's answer. docs/api.md. */
import * as z from "zod/mini";
import { bytes } from "./json-shapes.ts";

export const TotpCode = z.string().check(z.regex(/^[0-9]{6}$/));
export const TotpSecret = bytes(20);

/** Its place among the ten, then 60 bits in Crockford's alphabet, which has no I, L, O, U. docs/protocol.md §13.7. */
export const RecoveryCode = z.string().check(z.regex(/^[0-9][0-9A-HJKMNP-TV-Z]{12}$/));
export const RECOVERY_CODES = 10;

export const CredentialId = bytes(1, 1_023);
/** What a passkey signs with; its user handle and extensions stay in the browser. */
export const PasskeyAssertion = z.strictObject({
  credentialId: CredentialId,
  clientData: bytes(1, 2_048),
  authenticatorData: bytes(37, 2_048),
  signature: bytes(1, 1_024),
});
export type PasskeyAssertion = z.infer<typeof PasskeyAssertion>;

const app = { totpCode: TotpCode };
const paper = { recoveryCode: RecoveryCode };
const passkey = { passkey: PasskeyAssertion };
export const secondFactors = [app, paper, passkey] as const;

/** The same body with one of several ways to prove the second factor: never two, never none. */
export const withFactor = <
  const Body extends z.core.$ZodShape,
  const Factors extends readonly [z.core.$ZodShape, ...z.core.$ZodShape[]],
>(
  body: Body,
  factors: Factors,
) => {
  type Options = { [At in keyof Factors]: z.ZodMiniObject<Body & Factors[At], z.core.$strict> };
  // The mapped type says of each option what `map` cannot.
  const options = factors.map((factor) => z.strictObject({ ...body, ...factor }));
  return z.union(options as unknown as Options);
};

/** By which second factor a session began. */
export const SESSION_KINDS = [
  "app",
  "recovery-code",
  "passkey",
  "passkey-alone",
  "words",
  "reset",
] as const;
export const SessionKind = z.enum(SESSION_KINDS);
export type SessionKind = z.infer<typeof SessionKind>;
