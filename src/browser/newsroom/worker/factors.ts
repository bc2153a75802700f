import { base64url } from "../../../protocol/public/bytes.ts";
import { RECOVERY_CODES } from "../../../protocol/public/second-factor-api.ts";
import type { Factors, Sessions } from "../../../protocol/public/signin-api.ts";
import type { SecretCrypto } from "../../../protocol/secret/crypto.ts";
import { CodeError } from "../../kit/code-error.ts";
import { type SecondFactor, secondFactor } from "./second-factor.ts";
import type { Session } from "./session.ts";

/** What stands beside one's passphrase, and where one is signed in. docs/api.md. */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LETTERS = 12;
const TOTP_BYTES = 20;

/** 60 bits each, behind the digit that says which of the ten it is. docs/protocol.md §13.7. */
export const drawRecoveryCodes = (crypto: SecretCrypto): readonly string[] =>
  Array.from({ length: RECOVERY_CODES }, (_, place) => {
    const letters = Array.from(crypto.random(LETTERS), (byte) => ALPHABET[byte % ALPHABET.length]);
    return `${place}${letters.join("")}`;
  });

/** Of the passphrase typed just before; `checkPassphrase` holds it. */
export const confirmedAuth = ({ confirmedAuth: authKey }: Session): Uint8Array => {
  if (authKey === null) throw new CodeError("failed");
  return authKey;
};

/** The secret that `draftApp` has shown. */
export const draftedApp = ({ draftedApp: secret }: Session): Uint8Array => {
  if (secret === null) throw new CodeError("failed");
  return secret;
};

export type SessionRow = Sessions["sessions"][number];

export const factorFunctions = (session: Session) => {
  let codes: readonly string[] = [];
  return {
    factors: (): Promise<Factors> => session.api.call("factors", null, { background: true }),

    /** Ten codes for paper; the old ones count until `setRecoveryCodes`. */
    draftRecoveryCodes: async (): Promise<readonly string[]> => {
      codes = drawRecoveryCodes(await session.crypto());
      return codes;
    },

    setRecoveryCodes: async (): Promise<void> => {
      const authKey = confirmedAuth(session);
      await session.api.call("setRecoveryCodes", { authKey, codes: [...codes] });
      session.confirmedAuth = null;
    },

    /** A secret for a new authenticator app; the old one counts until its code has come. */
    draftApp: async ({ userName }: { readonly userName: string }): Promise<SecondFactor> => {
      session.draftedApp = (await session.crypto()).random(TOTP_BYTES);
      return secondFactor(session.draftedApp, userName);
    },

    setApp: async ({ totpCode }: { readonly totpCode: string }): Promise<void> => {
      const authKey = confirmedAuth(session);
      await session.api.call("setApp", { authKey, totpSecret: draftedApp(session), totpCode });
      session.confirmedAuth = null;
    },

    sessions: async (): Promise<readonly SessionRow[]> =>
      (await session.api.call("sessions", null, { background: true })).sessions,

    endSession: async ({ id }: { readonly id: Uint8Array }): Promise<void> => {
      await session.api.call("endSession", null, { id: base64url(id) });
    },

    endOtherSessions: async (): Promise<void> => {
      await session.api.call("endOtherSessions", null);
    },
  };
};
