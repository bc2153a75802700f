/** What a witness may find. Each is one sentence for the page, with what to do; none stops anybody from reading. */

/** Found while reading: a tip under a list outside the verified chain; a message deleted for everybody that is there again. */
const READING = ["tip-list", "deleted-back"] as const;

/** A colleague's browser has seen a larger log, another one, or has been set back. */
const COLLEAGUES = ["colleague-more", "colleague-fork", "colleague-back"] as const;

const OWN = [
  /** The tree is another one than this vault or this browser has seen. */
  ...(["fork", "shrunk"] as const),
  /** The checkpoint is not signed by the key that this vault has seen. */
  "log-key",
  /** The server's own answers contradict each other: proofs that prove nothing, leaves under another root. */
  "log-broken",
  /** The log holds a list that the server does not show, or the other way round. */
  ...(["roster-hidden", "roster-unlogged"] as const),
  /** The list that this browser or vault has held is none of the server's any more, and the log has only grown. */
  "list-gone",
  /** Sources are told something else than staff. */
  ...(["source-list", "source-log", "source-key"] as const),
  /** A messaging key in one's own name that is not in the vault; one of the vault that is not in the log. */
  ...(["foreign-key", "key-missing"] as const),
  /** The vault is older than the one that this browser, or a statement of one's own, has seen. */
  "vault-back",
] as const;

export const FINDING_KINDS = [...OWN, ...READING, ...COLLEAGUES] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];
export type ReadingFinding = (typeof READING)[number];
type ColleagueFinding = (typeof COLLEAGUES)[number];

export type Finding =
  | { readonly kind: Exclude<FindingKind, ColleagueFinding> }
  | { readonly kind: ColleagueFinding; readonly name: string; readonly day: number };
