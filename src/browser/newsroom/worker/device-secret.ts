import { wordsOf } from "../../../protocol/public/words.ts";
import { entropyOf } from "../../../protocol/secret/codename.ts";
import { DEVICE_SECRET_BYTES } from "../../../protocol/secret/passphrase.ts";
import type { Session } from "./session.ts";
import type { Records } from "./vault.ts";

/**
 * A second half of the passphrase that no server ever sees: 32 bytes on a card, in a file, or kept in this browser. The
 * vault holds it too, so that an open desk need not ask for it. docs/protocol.md §13.5.
 */
export const DEVICE_RECORD = "device-secret";

export type DeviceTyped = {
  readonly userName: string;
  /** The 24 words of the card; without them, what this browser keeps, if anything. */
  readonly device?: string | null;
};

const place = (userName: string): string => `device:${userName}`;

export const keptDevice = async (
  { store }: Session,
  userName: string,
): Promise<Uint8Array | null> => {
  const kept = await store.get(place(userName));
  return kept?.length === DEVICE_SECRET_BYTES ? kept : null;
};

/** Throws the codes of words that are none. */
export const givenDevice = async (
  session: Session,
  { userName, device = null }: DeviceTyped,
): Promise<Uint8Array | null> =>
  device === null ? keptDevice(session, userName) : entropyOf(device, DEVICE_SECRET_BYTES);

export const heldDevice = (records: Records): Uint8Array | null => records.get(DEVICE_RECORD);

/** Null: this browser keeps none from now on. */
export const keepDevice = (
  { store }: Session,
  userName: string,
  secret: Uint8Array | null,
): Promise<void> =>
  secret === null ? store.drop(place(userName)) : store.put(place(userName), secret);

export type DeviceState = { readonly on: boolean; readonly keptHere: boolean };

export const deviceFunctions = (session: Session) => ({
  /** Whether this browser would add one by itself at this name's log-in. */
  keepsDevice: async ({ userName }: { readonly userName: string }): Promise<boolean> =>
    (await keptDevice(session, userName)) !== null,

  deviceState: async (): Promise<DeviceState> => {
    const { records, me } = session.member();
    const keptHere = (await keptDevice(session, me.userName)) !== null;
    return { on: heldDevice(records) !== null, keptHere };
  },

  keepDeviceHere: async ({ keep }: { readonly keep: boolean }): Promise<void> => {
    const { records, me } = session.member();
    await keepDevice(session, me.userName, keep ? heldDevice(records) : null);
  },

  /** For the log-in screen, before anybody is known. */
  forgetDevice: ({ userName }: { readonly userName: string }): Promise<void> =>
    keepDevice(session, userName, null),

  /** Draws a secret for a new card; it counts from `changePassphrase` on. */
  draftDevice: async (): Promise<readonly string[]> => {
    session.draftedDevice = (await session.crypto()).random(DEVICE_SECRET_BYTES);
    return wordsOf(session.draftedDevice);
  },
});
