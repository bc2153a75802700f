import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const stepSeconds = 30;

const fromBase32 = (text: string): Buffer => {
  const bits = [...text.toUpperCase().replace(/[^A-Z2-7]/g, "")]
    .map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
};

export const toBase32 = (bytes: Uint8Array): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => alphabet[Number.parseInt(five.padEnd(5, "0"), 2)])
    .join("");
};

/** RFC 6238 with SHA-1 and six digits, written here so that it does not share a fault with the server. */
export const totpAt = (secret: string, step: number): string => {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", fromBase32(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
};

const currentStep = (): number => Math.floor(Date.now() / 1000 / stepSeconds);

/** An authenticator that never gives a code twice: it goes one step ahead, or waits when that is used too. */
export const createAuthenticator = (secret: string, usedStep = 0) => {
  let last = usedStep;
  return {
    code: async (): Promise<string> => {
      const step = Math.max(last + 1, currentStep());
      last = step;
      while (currentStep() < step - 1) await sleep(200);
      return totpAt(secret, step);
    },
    /** Where the server has forgotten which code it took, the present one is good again. */
    forget: (): void => {
      last = 0;
    },
  };
};
export type Authenticator = ReturnType<typeof createAuthenticator>;
