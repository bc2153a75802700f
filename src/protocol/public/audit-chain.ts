import { type AuditHead, auditBodyHash, MAX_AUDIT_BODY, NO_LINES, nextAuditHead } from "./audit.ts";
import { concat, equal, readerOf, sized, u8, u16, u32 } from "./bytes.ts";
import type { NewsroomId, PublicCrypto } from "./crypto.ts";
import { SealdropError } from "./errors.ts";
import { HASH } from "./limits.ts";

/** Pages of the audit trail in binary, and the recomputing of its chain. docs/protocol.md §18.3. */

/** A line as it is sent: its body, or only the body's hash where the body is not for this reader. */
export type AuditLink = AuditHead & {
  readonly body: Uint8Array | null;
  readonly bodyHash: Uint8Array;
};

export type AuditLinks = {
  /** The stored hash of the line that was asked from; null when it is not there. */
  readonly from: Uint8Array | null;
  /** The newest number there is. */
  readonly last: number;
  readonly links: readonly AuditLink[];
};

export const AUDIT_LINKS_A_PAGE = 1_000;
const ABSENT = new Uint8Array(HASH);

const encodeLink = (link: AuditLink): readonly Uint8Array[] => [
  u32(link.number),
  ...(link.body === null ? [u8(0), link.bodyHash] : [u8(1), sized(link.body)]),
  link.hash,
];

export const encodeAuditLinks = ({ from, last, links }: AuditLinks): Uint8Array =>
  concat([
    from === null ? u8(0) : u8(1),
    from ?? ABSENT,
    u32(last),
    u16(links.length),
    ...links.flatMap(encodeLink),
  ]);

type Place = { readonly crypto: PublicCrypto; readonly newsroomId: NewsroomId };

/** Throws bad-structure. */
export const parseAuditLinks = (place: Place, bytes: Uint8Array): AuditLinks => {
  const reader = readerOf(bytes);
  const there = reader.u8();
  const from = reader.bytes(HASH);
  const last = reader.u32();
  const count = reader.u16();
  if (there > 1 || count > AUDIT_LINKS_A_PAGE) throw new SealdropError("bad-structure");
  const links = Array.from({ length: count }, (): AuditLink => {
    const number = reader.u32();
    const what = reader.u8();
    if (what > 1) throw new SealdropError("bad-structure");
    const body = what === 1 ? reader.sized(MAX_AUDIT_BODY) : null;
    const { crypto, newsroomId } = place;
    const bodyHash = body === null ? reader.bytes(HASH) : auditBodyHash(crypto, newsroomId, body);
    return { number, body, bodyHash, hash: reader.bytes(HASH) };
  });
  reader.end();
  return { from: there === 1 ? from : null, last, links };
};

/** What does not fit, where. `altered`: the line, or its place, is not what was written. `missing`: there is no line of that number. */
export type AuditFault = { readonly number: number; readonly what: "altered" | "missing" };

/**
 * Walks the chain. Each line is checked against the stored hash of the one before, so that one altered line is one fault and
 * not the end. After a gap the next line cannot be checked: what it was bound to is gone.
 */
export type AuditWalk = {
  step(link: AuditLink): void;
  readonly faults: readonly AuditFault[];
  head(): AuditHead;
};

/** More are not worth a list. */
const MOST_FAULTS = 100;

export const walkAudit = ({ crypto, newsroomId }: Place, from: AuditHead = NO_LINES): AuditWalk => {
  const faults: AuditFault[] = [];
  let previous = from;
  const note = (fault: AuditFault): void => {
    if (faults.length < MOST_FAULTS) faults.push(fault);
  };
  return {
    faults,
    head: () => previous,
    step: (link) => {
      const expected = previous.number + 1;
      if (link.number === expected) {
        const right = nextAuditHead(crypto, newsroomId, { previous, bodyHash: link.bodyHash });
        if (!equal(right.hash, link.hash)) note({ number: link.number, what: "altered" });
      } else {
        note({ number: expected, what: "missing" });
      }
      previous = { number: link.number, hash: link.hash };
    },
  };
};
