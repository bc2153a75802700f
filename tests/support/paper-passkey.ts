import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { PasskeyAssertion } from "../../src/protocol/public/second-factor-api.ts";
import { draw } from "./staff.ts";

/** An authenticator in memory, with knobs for everything that a hostile one would turn. WebAuthn level 3, §6. */
export type Ceremony = {
  readonly challenge: Uint8Array;
  readonly origin: string;
  readonly host?: string;
  readonly flags?: number;
  readonly type?: string;
  readonly counter?: number;
};

const USER_PRESENT = 0x01;
export const USER_VERIFIED = 0x04;
const HAS_KEY = 0x40;

const sha256 = (bytes: Uint8Array | string): Buffer => createHash("sha256").update(bytes).digest();
const big = (value: number, bytes: 2 | 4): Buffer => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
};

/** CBOR, as far as it is needed: a map of short text keys. */
const textItem = (text: string): Buffer =>
  Buffer.concat([Buffer.of(0x60 + text.length), Buffer.from(text)]);
const bytesItem = (bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(0x59), big(bytes.length, 2), bytes]);

const coseOf = (key: KeyObject): Buffer => {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  const coordinate = (text: string) =>
    Buffer.concat([Buffer.of(0x58, 0x20), Buffer.from(text, "base64url")]);
  return Buffer.concat([
    Buffer.from("a5010203262001", "hex"),
    Buffer.of(0x21),
    coordinate(x),
    Buffer.of(0x22),
    coordinate(y),
  ]);
};

export const createPaperPasskey = (credentialId = draw(32)) => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  let counter = 0;

  const clientDataOf = ({ challenge, origin }: Ceremony, type: string): Buffer =>
    Buffer.from(
      JSON.stringify({
        type,
        challenge: Buffer.from(challenge).toString("base64url"),
        origin,
        crossOrigin: false,
      }),
    );
  const headOf = (ceremony: Ceremony, more: number): Buffer => {
    counter = ceremony.counter ?? counter + 1;
    const flags = (ceremony.flags ?? USER_PRESENT | USER_VERIFIED) | more;
    const host = ceremony.host ?? new URL(ceremony.origin).hostname;
    return Buffer.concat([sha256(host), Buffer.of(flags), big(counter, 4)]);
  };

  return {
    credentialId,
    /** What `create()` answers; `format` other than none is what an authenticator with a certificate would say. */
    attest: (ceremony: Ceremony, format = "none") => {
      const authData = Buffer.concat([
        headOf(ceremony, HAS_KEY),
        Buffer.alloc(16),
        big(credentialId.length, 2),
        credentialId,
        coseOf(publicKey),
      ]);
      const attestation = Buffer.concat([
        Buffer.of(0xa3),
        textItem("fmt"),
        textItem(format),
        textItem("attStmt"),
        Buffer.of(0xa0),
        textItem("authData"),
        bytesItem(authData),
      ]);
      const clientData = clientDataOf(ceremony, ceremony.type ?? "webauthn.create");
      return { clientData: new Uint8Array(clientData), attestation: new Uint8Array(attestation) };
    },
    /** What `get()` answers. */
    assert: (ceremony: Ceremony): PasskeyAssertion => {
      const clientData = clientDataOf(ceremony, ceremony.type ?? "webauthn.get");
      const authenticatorData = headOf(ceremony, 0);
      const signed = Buffer.concat([authenticatorData, sha256(clientData)]);
      return {
        credentialId,
        clientData: new Uint8Array(clientData),
        authenticatorData: new Uint8Array(authenticatorData),
        signature: new Uint8Array(sign("sha256", signed, privateKey)),
      };
    },
  };
};
export type PaperPasskey = ReturnType<typeof createPaperPasskey>;
