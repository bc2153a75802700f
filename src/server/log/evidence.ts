import type { PublicCrypto } from "../../protocol/public/crypto.ts";
import { encodeEvidence, provenStatements } from "../../protocol/public/log-evidence.ts";
import { leafHash } from "../../protocol/public/log-tree.ts";
import type { Proofs } from "./proofs.ts";

/** The newsroom bundle as sources get it, with proof of everything in it, and that a tree of size `from` is where it began. */
export type Evidences = (from: number) => Promise<Uint8Array>;

export type EvidenceParts = {
  readonly crypto: PublicCrypto;
  readonly proofs: Proofs;
  readonly bundle: () => Promise<Uint8Array>;
};

export const createEvidences = ({ crypto, proofs, bundle }: EvidenceParts): Evidences => {
  return async (from) => {
    // The bundle first: what it holds was committed with its leaves, and the head is read after that.
    const bytes = await bundle();
    const { head, note } = await proofs.checkpoint();
    const hashes = provenStatements(bytes).map((statement) => leafHash(crypto, statement));
    return encodeEvidence({
      bundle: bytes,
      logKey: (await proofs.log()).key,
      checkpoint: note,
      inclusions: await proofs.inclusions(hashes, head.size),
      // A client that has seen a larger tree learns from the head itself that there is nothing to prove.
      consistency: from > head.size ? [] : await proofs.consistency(from, head.size),
    });
  };
};
