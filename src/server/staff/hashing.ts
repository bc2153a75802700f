import { argon2id, hash, type Options, verify } from "argon2";
import { createTurns } from "./turns.ts";

/** Hashes of auth keys. An auth key is 32 bytes that the browser already stretched; this keeps a stolen table useless. */
export type Hashing = {
  hash(authKey: Uint8Array): Promise<string>;
  verify(stored: string, authKey: Uint8Array): Promise<boolean>;
};

const AT_ONCE = 4;
const MEMORY_KIB = 19_456;
const PASSES = 2;

/** Each hash takes 19 MiB: the cap bounds what a flood of log-ins can make the process hold. */
export const createHashing = (): Hashing => {
  const turns = createTurns(AT_ONCE);
  const options: Options = {
    type: argon2id,
    memoryCost: MEMORY_KIB,
    timeCost: PASSES,
    parallelism: 1,
  };
  return {
    hash: (authKey) => turns.run(() => hash(Buffer.from(authKey), options)),
    verify: (stored, authKey) => turns.run(() => verify(stored, Buffer.from(authKey))),
  };
};

/** A hash of nothing anybody knows, costing as much to check as a real one: for names that do not exist. */
export const decoyHash = (random: (length: number) => Uint8Array): string => {
  const text = (length: number): string =>
    Buffer.from(random(length)).toString("base64").replaceAll("=", "");
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$${text(16)}$${text(32)}`;
};
