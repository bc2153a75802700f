import { equal } from "../../../protocol/public/bytes.ts";
import {
  type DoorKeys,
  type HashParameters,
  passphraseKeys,
} from "../../../protocol/secret/passphrase.ts";
import type { VaultOwner } from "../../../protocol/secret/vault.ts";
import { codeOf } from "../../kit/code-error.ts";
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

const isSame = (one: HashParameters, other: HashParameters): boolean =>
  equal(one.salt, other.salt) && one.memoryKiB === other.memoryKiB && one.passes === other.passes;

/** Null where salt and cost are still those: nothing would come out otherwise. */
export const arriveAnew = async (
  session: Session,
  { typed, ...arrival }: ByPassphrase,
): Promise<ByPassphrase | null> => {
  const { userName } = arrival.owner;
  const used = await session.api.call("prelogin", { userName });
  if (isSame(used, typed.used)) return null;
  const keys = typed.derive(used);
  return { ...arrival, keys, typed: { ...typed, used, authKey: keys.authKey } };
};

export type Proven<Answer> = { readonly arrival: ByPassphrase; readonly answer: Answer };

/**
 * Posts what proves the passphrase. Another tab or device may have set a dearer one since salt and cost were asked for: then the
 * right one is refused, and posted once more. The server spends no code on what it refuses. A wrong one is tried once.
 */
export const prove = async <Answer>(
  session: Session,
  arrival: ByPassphrase,
  post: (authKey: Uint8Array) => Promise<Answer>,
): Promise<Proven<Answer>> => {
  try {
    return { arrival, answer: await post(arrival.keys.authKey) };
  } catch (error) {
    if (codeOf(error) !== "wrong-login") throw error;
    const anew = await arriveAnew(session, arrival);
    if (anew === null) throw error;
    return { arrival: anew, answer: await post(anew.keys.authKey) };
  }
};
