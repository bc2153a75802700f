/** What a witness may find. Each is one sentence for the page, with what to do; none stops anybody from reading. */

export type Finding =
  /** The tree is another one than this vault or this browser has seen. */
  | { readonly kind: "fork" | "shrunk" }
  /** The checkpoint is not signed by the key that this vault has seen. */
  | { readonly kind: "log-key" }
  /** The server's own answers contradict each other: proofs that prove nothing, leaves under another root. */
  | { readonly kind: "log-broken" }
  /** The log holds a list that the server does not show, or the other way round. */
  | { readonly kind: "roster-hidden" | "roster-unlogged" }
  /** Sources are told something else than staff. */
  | { readonly kind: "source-list" | "source-log" | "source-key" }
  /** Found while reading: a tip under a list outside the verified chain; a message deleted for everybody that is there again. */
  | { readonly kind: ReadingFinding }
  /** A messaging key in one's own name that is not in the vault; one of the vault that is not in the log. */
  | { readonly kind: "foreign-key" | "key-missing" }
  /** The vault is older than the one that this browser, or a statement of one's own, has seen. */
  | { readonly kind: "vault-back" }
  /** A colleague's browser has seen a larger log, another one, or has been set back. */
  | {
      readonly kind: "colleague-more" | "colleague-fork" | "colleague-back";
      readonly name: string;
      readonly day: number;
    };

export type ReadingFinding = "tip-list" | "deleted-back";

export type FindingKind = Finding["kind"];
