/**
 * Every error code of Sealdrop with its HTTP status and its public sentence. An error is a code: no message carries input.
 * Codes with status 0 never cross the wire: they are what a client says to itself.
 */
export const ERRORS = {
  "already-set-up": [409, "This Sealdrop is set up already."],
  "bad-request": [400, "The request could not be understood."],
  "bad-origin": [403, "The request came from another page."],
  "database-away": [503, "The database does not answer. Try again in a moment."],
  "factor-reset-void": [403, "This link was used, withdrawn or has expired. Ask for a new one."],
  forbidden: [403, "You may not do that."],
  "invite-void": [403, "This invitation was used, withdrawn or has expired. Ask for a new one."],
  "key-exists": [409, "Another key is published there already."],
  "last-admin": [409, "The last admin stays an admin."],
  "name-taken": [409, "Somebody else has this user name."],
  "no-room": [507, "The newsroom's box is full."],
  "no-room-for-files": [507, "There is no room for files now. Words can still be sent."],
  "not-found": [404, "There is nothing here."],
  "not-logged-in": [401, "Please log in."],
  "not-set-up": [404, "This Sealdrop is not set up yet."],
  "passkey-refused": [403, "This passkey was not accepted here."],
  "period-open": [409, "This period is not closed yet."],
  "roster-changed": [409, "The list of journalists has changed."],
  "session-locked": [423, "Locked after a quarter of an hour. Type your passphrase."],
  "setup-link-void": [
    403,
    "This set-up link is no longer valid. Start the server again for a new one.",
  ],
  "too-large": [413, "That is too large."],
  "upload-conflict": [409, "This upload was started with other sizes."],
  "upload-missing": [409, "A file is not stored completely."],
  "vault-changed": [409, "Your keys were changed in another window."],
  wait: [429, "Too many tries. Wait a little."],
  "wrong-answer": [403, "The answer to the challenge is wrong or too late."],
  "wrong-host": [421, "This address does not belong to this server."],
  "wrong-login": [401, "User name, passphrase or code is wrong."],
  "wrong-type": [415, "This kind of content is not accepted here."],
  internal: [500, "Something failed on the server."],
  "bad-structure": [0, "These bytes are not what they should be."],
  "bad-signature": [0, "A signature does not verify."],
  "wrong-newsroom": [0, "This belongs to another newsroom."],
  "roster-invalid": [0, "The list of journalists breaks a rule."],
  "roster-lapsed": [0, "The list of journalists is out of date."],
  "roster-early": [0, "The list of journalists is from the future, or this clock is wrong."],
  "settings-mismatch": [0, "The newsroom's words are not the signed ones."],
  "codename-word": [0, "A word is not on the list."],
  "codename-length": [0, "The words are not twelve."],
  "codename-checksum": [0, "The words do not fit together. One of them is probably mistyped."],
  "message-broken": [0, "A message for you is broken."],
  "message-too-long": [0, "The message is too long."],
  "no-reader": [0, "Nobody who could read this is reachable."],
  "chunk-broken": [0, "A part of a file is broken."],
  "vault-broken": [0, "The key vault cannot be opened with this."],
  "weak-parameters": [0, "The server asks for too weak a passphrase hash."],
  "self-test-failed": [0, "This browser calculates wrongly."],
  "no-webassembly": [0, "This browser has WebAssembly switched off."],
  "webassembly-blocked": [0, "This page's own policy blocks WebAssembly."],
} as const satisfies Record<string, readonly [status: number, sentence: string]>;

export type ErrorCode = keyof typeof ERRORS;

/** The one error that Sealdrop's own code throws. Its message is the code and nothing else. */
export class SealdropError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode) {
    super(code);
    this.name = "SealdropError";
    this.code = code;
  }
}

/** True for a string that names an error of the table (an answer from outside is parsed by it). */
export const isErrorCode = (text: unknown): text is ErrorCode =>
  typeof text === "string" && Object.hasOwn(ERRORS, text);
