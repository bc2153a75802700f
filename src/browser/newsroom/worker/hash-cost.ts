import type { DoorKeys, HashCost, HashParameters } from "../../../protocol/secret/passphrase.ts";
import type { Session } from "./session.ts";

/** A passphrase that was set under cheaper parameters is stretched further when it is next typed. docs/protocol.md §13.4. */

/** A passphrase in use: how its keys were made, and how to make others of it. */
export type Typed = {
  readonly used: HashParameters;
  readonly authKey: Uint8Array;
  derive(parameters: HashParameters): DoorKeys;
};

/** Neither number sinks; null where both are high enough. */
export const raisedCost = (used: HashCost, target: HashCost): HashCost | null =>
  used.memoryKiB >= target.memoryKiB && used.passes >= target.passes
    ? null
    : {
        memoryKiB: Math.max(used.memoryKiB, target.memoryKiB),
        passes: Math.max(used.passes, target.passes),
      };

const raise = async (session: Session, typed: Typed, cost: HashCost): Promise<void> => {
  const { crypto, records, api } = session.member();
  const parameters = { salt: crypto.random(16), ...cost };
  const { authKey: newAuthKey, unlockKey } = typed.derive(parameters);
  const { authKey } = typed;
  await api.call("raiseHashCost", {
    authKey,
    ...parameters,
    newAuthKey,
    ...records.rewrap(unlockKey),
  });
  crypto.wipe(unlockKey);
};

/**
 * The vault key stays, only its wrap for the passphrase is new, so nothing else ends or is sealed anew. After the vault has
 * opened: a server's false parameters have proven nothing before. Whatever fails changes nothing, and the next log-in tries again.
 */
export const raiseIfCheap = async (session: Session, typed: Typed): Promise<void> => {
  const cost = raisedCost(typed.used, session.hashCost);
  if (cost === null) return;
  try {
    await raise(session, typed, cost);
  } catch {
    // Another tab was faster, the line broke, or this device has not that much memory.
  }
};
