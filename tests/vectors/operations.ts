import type { PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import type { Inputs, Result } from "./case.ts";
import { AUDIT_OPERATIONS } from "./operations-audit.ts";
import { DOOR_OPERATIONS } from "./operations-door.ts";
import { LETTER_OPERATIONS } from "./operations-letter.ts";
import { LOG_OPERATIONS } from "./operations-log.ts";
import { MESSAGE_OPERATIONS } from "./operations-message.ts";
import { STATEMENT_OPERATIONS } from "./operations-statement.ts";
import { TRANSPORT_OPERATIONS } from "./operations-transport.ts";

/** What a vector may ask for. Null means: not for me. */
export type Operation = {
  readonly yes: "opened" | "valid";
  readonly run: (crypto: PassphraseCrypto, inputs: Inputs) => Result;
};

export type Operations = Readonly<Record<string, Operation>>;

export const OPERATIONS: Operations = {
  ...STATEMENT_OPERATIONS,
  ...MESSAGE_OPERATIONS,
  ...DOOR_OPERATIONS,
  ...TRANSPORT_OPERATIONS,
  ...AUDIT_OPERATIONS,
  ...LOG_OPERATIONS,
  ...LETTER_OPERATIONS,
};
