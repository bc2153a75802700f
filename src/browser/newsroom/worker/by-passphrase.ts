import {
  type DoorKeys,
  type HashParameters,
  passphraseKeys,
} from "../../../protocol/secret/passphrase.ts";
import type { VaultOwner } from "../../../protocol/secret/vault.ts";
import { heldDevice } from "./device-secret.ts";
import type { Typed as Stretched } from "./hash-cost.ts";
import { fetchNewsroom } from "./newsroom.ts";
import type { Session } from "./session.ts";
import type { Newsroom } from "./world.ts";

/** From a passphrase that was typed to the keys of its door. docs/protocol.md §13.1. */

export type Typed = { readonly userName: string; readonly passphrase: string };

export type Arrival = {
  readonly newsroom: Newsroom;
  readonly owner: VaultOwner;
  readonly keys: DoorKeys;
};
export type ByPassphrase = Arrival & { readonly typed: Stretched };

export const byPassphrase = async (
  session: Session,
  typed: Typed,
  deviceSecret: Uint8Array | null,
): Promise<ByPassphrase> => {
  const crypto = await session.crypto();
  const { userName, passphrase } = typed;
  const newsroom = await fetchNewsroom(crypto, session.api);
  const owner: VaultOwner = { newsroomId: newsroom.newsroomId, userName };
  const used = await session.api.call("prelogin", { userName });
  const derive = (parameters: HashParameters) =>
    passphraseKeys(crypto, { owner, passphrase, parameters, deviceSecret });
  const keys = derive(used);
  return { newsroom, owner, keys, typed: { used, authKey: keys.authKey, derive } };
};

/** Of somebody whose vault is open: it holds the device secret, where there is one. */
export const byPassphraseAgain = (session: Session, passphrase: string): Promise<ByPassphrase> => {
  const { me, records } = session.member();
  return byPassphrase(session, { userName: me.userName, passphrase }, heldDevice(records));
};
