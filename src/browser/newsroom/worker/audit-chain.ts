import { type AuditHead, NO_LINES } from "../../../protocol/public/audit.ts";
import {
  type AuditFault,
  type AuditLink,
  type AuditLinks,
  parseAuditLinks,
  walkAudit,
} from "../../../protocol/public/audit-chain.ts";
import { equal } from "../../../protocol/public/bytes.ts";
import { SealdropError } from "../../../protocol/public/errors.ts";
import type { World } from "./world.ts";

/** The audit trail as this browser recomputes it, and compares it with what it has seen before. docs/protocol.md §18.3. */

/** This member has seen this line with this hash: the vault remembers it, or this browser. */
export type AuditWitness = AuditHead & { readonly by: "vault" | "browser" };

export type AuditReport = {
  /** How many lines were recomputed. */
  readonly checked: number;
  readonly head: AuditHead;
  readonly faults: readonly AuditFault[];
  /** Witnesses whose line is another now, or gone. */
  readonly contradicted: readonly AuditWitness[];
};

type Told = (done: number, last: number) => void;

export type AuditCheck = {
  readonly from: AuditHead;
  readonly witnesses: readonly AuditWitness[];
  readonly background: boolean;
  told?: Told;
  /** Called for each line, in order. */
  take?(link: AuditLink): void;
};

const fetchLinks = async (world: World, after: number, background: boolean): Promise<AuditLinks> =>
  parseAuditLinks(world, await world.api.bytes(`/api/audit/after/${after}`, { background }));

/** Compares with each witness the line of its number, as it comes by. */
const compareWith = (witnesses: readonly AuditWitness[]) => {
  const contradicted = new Set<AuditWitness>();
  return {
    see: ({ number, hash }: AuditHead): void => {
      for (const one of witnesses) {
        if (one.number === number && !equal(one.hash, hash)) contradicted.add(one);
      }
    },
    /** Whoever has seen a number that does not exist any more is contradicted as well. */
    end: ({ number }: AuditHead): readonly AuditWitness[] => [
      ...contradicted,
      ...witnesses.filter((one) => one.number > number),
    ],
  };
};

/** Recomputes every line after `from`, to the end. Throws offline, bad-structure. */
export const checkTrail = async (world: World, check: AuditCheck): Promise<AuditReport> => {
  const { from, witnesses, background } = check;
  const walk = walkAudit(world, from);
  const compared = compareWith(witnesses);
  let checked = 0;
  const step = (link: AuditLink): void => {
    // Or a server could send the same lines for ever.
    if (link.number <= walk.head().number) throw new SealdropError("bad-structure");
    walk.step(link);
    compared.see(link);
    check.take?.(link);
    checked += 1;
  };
  const fetchNext = () => fetchLinks(world, walk.head().number, background);
  let page = await fetchNext();
  if (from.number > 0) compared.see({ number: from.number, hash: page.from ?? NO_LINES.hash });
  while (page.links.length > 0) {
    for (const link of page.links) step(link);
    check.told?.(checked, page.last);
    // Whoever hides lines by a wrong `last` could leave them out as well: witnesses and anchors tell.
    if (walk.head().number >= page.last) break;
    page = await fetchNext();
  }
  const head = walk.head();
  return { checked, head, faults: walk.faults, contradicted: compared.end(head) };
};
