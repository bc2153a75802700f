import { equal } from "../../../protocol/public/bytes.ts";
import type { PasskeyAssertion } from "../../../protocol/public/second-factor-api.ts";
import { passkeyDoor, passkeyKeys, passkeySalt } from "../../../protocol/secret/passkey.ts";
import type { DoorKeys } from "../../../protocol/secret/passphrase.ts";
import type { VaultOwner } from "../../../protocol/secret/vault.ts";
import { CodeError, codeOf } from "../../kit/code-error.ts";
import { confirmedAuth } from "./factors.ts";
import { fetchNewsroom } from "./newsroom.ts";
import type { Session } from "./session.ts";
import { enter, type Standing } from "./standing.ts";
import type { Newsroom } from "./world.ts";

/**
 * Passkeys. Only the page can ask the browser for one, so what its authenticator calculates comes from there: the one
 * secret that crosses from the page to this worker besides what a person types. docs/protocol.md §13.6.
 */
export type PasskeyAnswer = {
  readonly assertion: PasskeyAssertion;
  /** 32 bytes, where the authenticator calculates any. */
  readonly output: Uint8Array | null;
};

export type PasskeyQuestion = { readonly challenge: Uint8Array; readonly salt: Uint8Array };

type Named = { readonly userName: string };
type Held = { readonly newsroom: Newsroom; readonly owner: VaultOwner };

const held = async (session: Session, userName: string): Promise<Held> => {
  const newsroom = await fetchNewsroom(await session.crypto(), session.api);
  return { newsroom, owner: { newsroomId: newsroom.newsroomId, userName } };
};

const keysOf = async (
  session: Session,
  owner: VaultOwner,
  { assertion, output }: PasskeyAnswer,
): Promise<DoorKeys> => {
  if (output === null) throw new CodeError("passkey-no-door");
  const { credentialId } = assertion;
  return passkeyKeys(await session.crypto(), owner, { credentialId, output });
};

const opensAlone = (userName: string): string => `passkey:${userName}`;

/** No passkey of this person opens their vault any more, so none is offered in this browser. */
export const forgetPasskey = ({ store }: Session, userName: string): Promise<void> =>
  store.drop(opensAlone(userName));

/** Throws passkey-no-door where it does not open the vault, or not any more. */
const wrappedBy = async ({ api }: Session, credentialId: Uint8Array): Promise<Uint8Array> => {
  const { passkeys } = await api.call("factors", null);
  const row = passkeys.find((one) => equal(one.credentialId, credentialId));
  if (row === undefined || row.wrappedKey === null) throw new CodeError("passkey-no-door");
  return row.wrappedKey;
};

export const passkeyFunctions = (session: Session) => {
  /** Opens the vault by the door of that passkey; the session has begun. */
  const enterBy = async ({ newsroom, owner }: Held, answer: PasskeyAnswer, keys: DoorKeys) => {
    const me = await session.api.call("me", null);
    if (me.userName !== owner.userName) throw new CodeError("not-logged-in");
    const { credentialId } = answer.assertion;
    const by = {
      owner,
      door: passkeyDoor(credentialId),
      unlockKey: keys.unlockKey,
      wrapped: await wrappedBy(session, credentialId),
    };
    await session.store.put(opensAlone(owner.userName), Uint8Array.of(1));
    return enter(session, { newsroom, me, by }).catch(async (error: unknown) => {
      // A new passphrase in another tab has dropped this door since: then no vault is broken.
      if (codeOf(error) === "vault-broken") await wrappedBy(session, credentialId);
      throw error;
    });
  };

  return {
    /** A new challenge, and what an authenticator is to calculate with. */
    askForPasskey: async ({ userName }: Named): Promise<PasskeyQuestion> => {
      const { owner } = await held(session, userName);
      const { challenge } = await session.api.call("challenge", { userName });
      return { challenge, salt: passkeySalt(await session.crypto(), owner) };
    },

    addPasskey: async (made: {
      readonly name: string;
      readonly clientData: Uint8Array;
      readonly attestation: Uint8Array;
    }): Promise<void> => {
      await session.api.call("addPasskey", { authKey: confirmedAuth(session), ...made });
      session.confirmedAuth = null;
    },

    /** From now on this passkey opens the vault alone. */
    openPasskeyDoor: async (answer: PasskeyAnswer): Promise<void> => {
      const { newsroomId, me, records } = session.member();
      const owner: VaultOwner = { newsroomId, userName: me.userName };
      const keys = await keysOf(session, owner, answer);
      const door = passkeyDoor(answer.assertion.credentialId);
      // The passphrase's wrap may be another by now, around the same key.
      await records.reload();
      await session.api.call("addPasskeyDoor", {
        passkey: answer.assertion,
        authKey: keys.authKey,
        ...records.wrapFor(door, keys.unlockKey),
      });
      await session.store.put(opensAlone(me.userName), Uint8Array.of(1));
    },

    removePasskey: async (input: { readonly credentialId: Uint8Array }): Promise<void> => {
      await session.api.call("removePasskey", input);
      const { passkeys } = await session.api.call("factors", null);
      if (passkeys.some(({ wrappedKey }) => wrappedKey !== null)) return;
      await forgetPasskey(session, session.member().me.userName);
    },

    /** Whether a passkey has opened this person's desk in this browser before. */
    knowsPasskey: async ({ userName }: Named): Promise<boolean> =>
      (await session.store.get(opensAlone(userName))) !== null,

    logInByPasskey: async (typed: Named & PasskeyAnswer): Promise<Standing> => {
      const { userName, assertion: passkey } = typed;
      const place = await held(session, userName);
      const keys = await keysOf(session, place.owner, typed);
      const { authKey } = keys;
      await session.api.call("passkeyLogin", { userName, passkey, authKey });
      return enterBy(place, typed, keys);
    },

    unlockByPasskey: async (typed: Named & PasskeyAnswer): Promise<Standing> => {
      const { userName, assertion: passkey } = typed;
      const place = await held(session, userName);
      const keys = await keysOf(session, place.owner, typed);
      await session.api.call("passkeyUnlock", { passkey, authKey: keys.authKey });
      return enterBy(place, typed, keys);
    },
  };
};
