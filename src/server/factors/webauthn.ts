import {
  type AuthenticationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { decodeAttestationObject } from "@simplewebauthn/server/helpers";
import { base64url, fromBase64url, fromUtf8 } from "../../protocol/public/bytes.ts";
import type { PasskeyAssertion } from "../../protocol/public/second-factor-api.ts";
import type { PasskeyPost } from "../../protocol/public/signin-api.ts";

/**
 * What a passkey answers, checked. Bytes from outside go into a parser of CBOR and keys that throws at will: whatever it
 * throws means *no*. The person was always verified (PIN, finger, face): docs/adr/0017.
 */
export type Place = { readonly origin: string; readonly holds: (challenge: string) => boolean };

export type StoredKey = { readonly publicKey: Uint8Array; readonly counter: number };

/** EdDSA, ES256, RS256. */
const ALGORITHMS = [-8, -7, -257];

/** Of a key pair whose private half was thrown away: checking against it costs what a real one costs. */
const DECOY_KEY: StoredKey = {
  publicKey: Uint8Array.from(
    Buffer.from(
      "a501020326200121582050d8d00e816d033d2f5814a7a730678d3ca8ec225a4eef8728cc8ff56e9728c9" +
        "2258206bb003afd9550ac7fd716b2288bccc8d7946a18dc930740da0326a3fe1f87442",
      "hex",
    ),
  ),
  counter: 0,
};

export const hostOf = (origin: string): string => new URL(origin).hostname;

const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/** The challenge that an answer names; the empty text where there is none. */
export const challengeOf = (clientData: Uint8Array): string => {
  try {
    const data: unknown = JSON.parse(fromUtf8(clientData));
    const challenge = (data as { challenge?: unknown } | null)?.challenge;
    return typeof challenge === "string" ? challenge : "";
  } catch {
    return "";
  }
};

/** The new counter, or null for *no*. Without a stored key the same work is done. */
export const checkAssertion = async (
  passkey: PasskeyAssertion,
  stored: StoredKey | null,
  place: Place,
): Promise<number | null> => {
  const id = base64url(passkey.credentialId);
  const { publicKey, counter } = stored ?? DECOY_KEY;
  const response: AuthenticationResponseJSON = {
    id,
    rawId: id,
    type: "public-key",
    clientExtensionResults: {},
    response: {
      clientDataJSON: base64url(passkey.clientData),
      authenticatorData: base64url(passkey.authenticatorData),
      signature: base64url(passkey.signature),
    },
  };
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: place.holds,
      expectedOrigin: place.origin,
      expectedRPID: hostOf(place.origin),
      requireUserVerification: true,
      // The counter is the database's to judge: the library throws before it has looked at the signature.
      credential: { id, publicKey: owned(publicKey), counter: 0 },
    });
    const rolledBack = counter > 0 && authenticationInfo.newCounter <= counter;
    return verified && stored !== null && !rolledBack ? authenticationInfo.newCounter : null;
  } catch {
    return null;
  }
};

export type NewKey = StoredKey & { readonly credentialId: Uint8Array };

/** Null for *no*. Only attestation *none*: the other formats make the library look certificates up on the network. */
export const checkRegistration = async (
  { clientData, attestation }: Pick<PasskeyPost, "clientData" | "attestation">,
  place: Place,
): Promise<NewKey | null> => {
  try {
    const object = decodeAttestationObject(owned(attestation));
    if (object.get("fmt") !== "none") return null;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        // The id that counts is the one inside the authenticator's data; this field is only compared with itself.
        id: "none",
        rawId: "none",
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: base64url(clientData),
          attestationObject: base64url(attestation),
        },
      },
      expectedChallenge: place.holds,
      expectedOrigin: place.origin,
      expectedRPID: hostOf(place.origin),
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified) return null;
    const { id, publicKey, counter } = registrationInfo.credential;
    return { credentialId: fromBase64url(id), publicKey, counter };
  } catch {
    return null;
  }
};
