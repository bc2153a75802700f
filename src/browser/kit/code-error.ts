/** An error is a code: stable, without any input in it. Codes of the wire stand in protocol/public. */
export class CodeError extends Error {
  readonly code: string;
  /** Further facts for the words on screen, such as seconds to wait. */
  readonly details: Readonly<Record<string, number | string>>;

  constructor(code: string, details: Readonly<Record<string, number | string>> = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

/** The code of whatever was thrown; "failed" for what has none. */
export function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "failed";
  return typeof error.code === "string" ? error.code : "failed";
}
