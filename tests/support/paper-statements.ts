import { CodeError } from "../../src/browser/kit/code-error.ts";
import { encodeBundle } from "../../src/protocol/public/bundle.ts";
import { fromBase64url } from "../../src/protocol/public/bytes.ts";
import { parseRotation } from "../../src/protocol/public/newsroom-keys.ts";
import { parseStatement } from "../../src/protocol/public/statement.ts";

/** The newsroom's statements of a server on paper: what `GET /api/newsroom` says, and rotations of its key. */
export type PaperStatements = {
  readonly statements: Uint8Array[];
  readonly rosters: { readonly statement: Uint8Array; readonly settings: Uint8Array }[];
  readonly others: readonly Uint8Array[];
};

const NONE = new Uint8Array();

export const bundleOf = ({ statements, rosters, others }: PaperStatements): Uint8Array => {
  const { statement: roster, settings } = rosters.at(-1) ?? { statement: NONE, settings: NONE };
  return encodeBundle({ newsroomStatements: statements, roster, settings, messagingKeys: others });
};

export const takeRotation = (
  server: PaperStatements,
  body: Readonly<Record<string, unknown>>,
): Record<string, unknown> => {
  const bytes = (name: string) => fromBase64url(body[name] as string);
  const { rotation } = parseRotation(parseStatement(bytes("rotation"), "newsroom-rotated"));
  const { ordinal, afterRoster } = rotation;
  if (ordinal !== server.statements.length || afterRoster !== server.rosters.length) {
    throw new CodeError("roster-changed");
  }
  server.statements.push(bytes("rotation"));
  server.rosters.push({ statement: bytes("statement"), settings: bytes("settings") });
  return { ordinal, number: server.rosters.length };
};
