import {
  type AuthenticationResponseJSON,
  browserSupportsWebAuthn,
  type RegistrationResponseJSON,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from "@simplewebauthn/browser";
import { base64url, fromBase64url } from "../../../protocol/public/bytes.ts";
import { CodeError } from "../../kit/code-error.ts";
import type { PasskeyAnswer, PasskeyQuestion } from "../worker/passkeys.ts";

/**
 * What only a page may do: ask the browser for a passkey. What the authenticator calculates passes through here to the
 * worker and is kept nowhere. docs/protocol.md §13.6, docs/adr/0017.
 */

/** False in browsers without, on plain http, and where the address is a number: those have no passkeys. */
export const canUsePasskeys = (): boolean =>
  browserSupportsWebAuthn() && !/^[\d.]+$|:/.test(location.hostname);

const WAIT_MS = 120_000;
/** EdDSA, ES256, RS256: as the server accepts them. */
const ALGORITHMS = [-8, -7, -257];

const codeOfFailure = (error: unknown): string => {
  const code = error instanceof WebAuthnError ? error.code : "";
  switch (code) {
    case "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED":
      return "passkey-known";
    case "ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT":
    case "ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT":
      return "passkey-too-simple";
    case "ERROR_INVALID_DOMAIN":
    case "ERROR_INVALID_RP_ID":
      return "passkey-no-place";
    default:
      return "passkey-cancelled";
  }
};

const asked = async <Result>(asking: Promise<Result>): Promise<Result> => {
  try {
    return await asking;
  } catch (error) {
    throw new CodeError(codeOfFailure(error));
  }
};

const outputOf = (results: object): Uint8Array | null => {
  const { prf } = results as { prf?: { results?: { first?: unknown } } };
  const first = prf?.results?.first;
  if (first instanceof ArrayBuffer) return new Uint8Array(first);
  return ArrayBuffer.isView(first) ? new Uint8Array(first.buffer.slice(0)) : null;
};

const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/** WebAuthn's own word for what its pseudo-random function is given. */
const calculating = (salt: Uint8Array) => ({
  prf: { eval: { first: owned(salt) } },
});

const answerOf = ({ id, response, clientExtensionResults }: AuthenticationResponseJSON) => ({
  assertion: {
    credentialId: fromBase64url(id),
    clientData: fromBase64url(response.clientDataJSON),
    authenticatorData: fromBase64url(response.authenticatorData),
    signature: fromBase64url(response.signature),
  },
  output: outputOf(clientExtensionResults),
});

/** `unlocks` also asks for what opens the vault. `credentialId` leaves no choice of another passkey. */
export const askPasskey = async (
  { challenge, salt }: PasskeyQuestion,
  { unlocks, credentialId }: { readonly unlocks: boolean; readonly credentialId?: Uint8Array },
): Promise<PasskeyAnswer> => {
  const response = await asked(
    startAuthentication({
      optionsJSON: {
        challenge: base64url(challenge),
        rpId: location.hostname,
        timeout: WAIT_MS,
        userVerification: "required",
        ...(credentialId === undefined
          ? {}
          : { allowCredentials: [{ id: base64url(credentialId), type: "public-key" as const }] }),
        ...(unlocks ? { extensions: calculating(salt) } : {}),
      },
    }),
  );
  return answerOf(response);
};

export type MadePasskey = {
  readonly credentialId: Uint8Array;
  readonly clientData: Uint8Array;
  readonly attestation: Uint8Array;
  /** Whether its authenticator could open the vault. */
  readonly canUnlock: boolean;
};

const madeOf = ({ id, response, clientExtensionResults }: RegistrationResponseJSON) => {
  const { prf } = clientExtensionResults as { prf?: { enabled?: boolean } };
  return {
    credentialId: fromBase64url(id),
    clientData: fromBase64url(response.clientDataJSON),
    attestation: fromBase64url(response.attestationObject),
    canUnlock: prf?.enabled === true,
  };
};

export const makePasskey = async (
  { challenge }: PasskeyQuestion,
  {
    userName,
    known,
  }: { readonly userName: string; readonly known: readonly { credentialId: Uint8Array }[] },
): Promise<MadePasskey> => {
  // Another handle each time: with one and the same, a new passkey would push the one before out of its authenticator.
  const handle = globalThis.crypto.getRandomValues(new Uint8Array(32));
  const response = await asked(
    startRegistration({
      optionsJSON: {
        challenge: base64url(challenge),
        rp: { id: location.hostname, name: document.title },
        user: { id: base64url(handle), name: userName, displayName: userName },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key" as const, alg })),
        timeout: WAIT_MS,
        attestation: "none",
        excludeCredentials: known.map(({ credentialId }) => ({
          id: base64url(credentialId),
          type: "public-key" as const,
        })),
        authenticatorSelection: {
          residentKey: "required",
          requireResidentKey: true,
          userVerification: "required",
        },
        extensions: { prf: {} },
      },
    }),
  );
  return madeOf(response);
};
