/** What JSON shapes of the newsroom's listener are made of. Bytes are `Uint8Array` inside and base64url on the wire. */
import * as z from "zod/mini";
import { base64url, fromBase64url, quotient } from "./bytes.ts";

// zod compiles checks with `new Function` where it may; the pages' CSP forbids it, and asking already counts as a violation.
z.config({ jitless: true });

export function bytes(min: number, max: number = min) {
  const anyBytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
  const text = z.string().check(z.maxLength(quotient(max * 4 + 2, 3)));
  const inside = anyBytes.check(
    z.refine((value) => value.length >= min && value.length <= max, "wrong length"),
  );
  return z.codec(text, inside, {
    decode: (value, payload) => {
      try {
        return fromBase64url(value);
      } catch {
        payload.issues.push({ code: "invalid_format", format: "base64url", input: value });
        return z.NEVER;
      }
    },
    encode: base64url,
  });
}

export const whole = (min: number, max: number) => z.int().check(z.gte(min), z.lte(max));
/** What the database's integers hold; the protocol's own numbers stay far below. */
export const count = whole(0, 0x7fff_ffff);
/** Bytes in all; JSON numbers are exact up to here. */
export const byteCount = whole(0, Number.MAX_SAFE_INTEGER);

/**
 * Control, format and bidirectional characters could make one name look like another. Length comes first and ends the
 * checks: putting a long run of combining marks into normal form takes minutes.
 */
export const plainLine = (max: number) =>
  z.string().check(
    z.minLength(1),
    z.maxLength(max, { abort: true }),
    z.refine((text) => text === text.trim().normalize("NFC"), "not in normal form"),
    z.regex(/^[^\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+$/u),
  );
