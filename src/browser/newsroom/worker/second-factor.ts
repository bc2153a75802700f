/** Time-based codes (RFC 6238): what an authenticator app needs. SHA-1, six digits, 30 s: the set that every app has. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export const base32 = (bytes: Uint8Array): string => {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  return (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five, 2)]).join("");
};

export type SecondFactor = { readonly secret: string; readonly uri: string };

export const secondFactor = (secret: Uint8Array, userName: string): SecondFactor => {
  const text = base32(secret);
  const label = encodeURIComponent(`Sealdrop:${userName}`);
  return { secret: text, uri: `otpauth://totp/${label}?secret=${text}&issuer=Sealdrop` };
};
