import { type AuditHead, NO_LINES } from "../../../protocol/public/audit.ts";
import { concat, equal, hex, readerOf, u8, u32 } from "../../../protocol/public/bytes.ts";
import { HASH } from "../../../protocol/public/limits.ts";
import { type AuditReport, type AuditWitness, checkTrail } from "./audit-chain.ts";
import type { BrowserStore } from "./browser-store.ts";
import type { Session } from "./session.ts";
import { tell } from "./tell.ts";
import type { World } from "./world.ts";

/**
 * The newest line that this member has recomputed, in the vault and in this browser: whoever writes the whole trail anew, with
 * every hash right, still has to make that one line have that one hash.
 */
type Seen = AuditHead & { readonly day: number };

const RECORD = "audit-seen";

const encodeSeen = ({ number, hash, day }: Seen): Uint8Array =>
  concat([u8(1), u32(number), hash, u32(day)]);

const parseSeen = (bytes: Uint8Array | null): Seen | null => {
  if (bytes === null) return null;
  const reader = readerOf(bytes);
  if (reader.u8() !== 1) return null;
  const seen = { number: reader.u32(), hash: reader.bytes(HASH), day: reader.u32() };
  reader.end();
  return seen;
};

const storeKey = (world: World): string => `audit:${hex(world.newsroomId)}:${world.me.userName}`;

const inVault = (world: World): Seen | null => parseSeen(world.records.get(RECORD));
const inBrowser = async (world: World, store: BrowserStore): Promise<Seen | null> =>
  parseSeen(await store.get(storeKey(world)));

export const witnessesOf = async (
  world: World,
  store: BrowserStore,
): Promise<readonly AuditWitness[]> => {
  const [vault, browser] = [inVault(world), await inBrowser(world, store)];
  return [
    ...(vault === null ? [] : [{ ...vault, by: "vault" } as const]),
    ...(browser === null ? [] : [{ ...browser, by: "browser" } as const]),
  ];
};

/** One write of the vault a day is enough: the browser has the newest. */
const isDue = (held: Seen | null, seen: Seen): boolean => held === null || held.day < seen.day;

export type KeptWhere = "vault-daily" | "both";

export const keepSeen = async (
  session: Session,
  head: AuditHead,
  where: KeptWhere,
): Promise<void> => {
  const world = session.world();
  const seen = { ...head, day: world.today };
  const bytes = encodeSeen(seen);
  await session.store.put(storeKey(world), bytes);
  await world.records.change((records) => {
    const there = records.get(RECORD) ?? null;
    if (there !== null && equal(there, bytes)) return null;
    if (where === "vault-daily" && !isDue(parseSeen(there), seen)) return null;
    return { put: new Map([[RECORD, bytes]]) };
  });
};

export const isWhole = ({ faults, contradicted }: AuditReport): boolean =>
  faults.length === 0 && contradicted.length === 0;

const oldest = (witnesses: readonly AuditWitness[]): AuditHead =>
  witnesses.reduce<AuditHead | null>(
    (least, one) => (least === null || one.number < least.number ? one : least),
    null,
  ) ?? NO_LINES;

/** After each unlock, in the background: only what came since, so that it costs nothing. All of it is for *verify*. */
export const watchTrail = async (session: Session): Promise<void> => {
  const world = session.world();
  const opened = session.opened();
  const witnesses = await witnessesOf(world, session.store);
  const check = { from: oldest(witnesses), witnesses, background: true };
  const report = await checkTrail(world, check);
  if (isWhole(report)) {
    await keepSeen(session, report.head, "vault-daily");
    return;
  }
  opened.auditAltered = true;
  tell(session);
};
