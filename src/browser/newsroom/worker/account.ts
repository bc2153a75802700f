import type { Me } from "../../../protocol/public/staff-api.ts";
import { wordsOf } from "../../../protocol/public/words.ts";
import { entropyOf } from "../../../protocol/secret/codename.ts";
import {
  type DoorKeys,
  type HashParameters,
  passphraseKeys,
  RECOVERY_BYTES,
  recoveryKeys,
} from "../../../protocol/secret/passphrase.ts";
import type { VaultOwner } from "../../../protocol/secret/vault.ts";
import { CodeError } from "../../kit/code-error.ts";
import { raiseIfCheap, type Typed as Stretched } from "./hash-cost.ts";
import { freshParameters } from "./new-account.ts";
import { fetchNewsroom } from "./newsroom.ts";
import type { Session } from "./session.ts";
import { enter, type Standing } from "./standing.ts";
import { sealVault } from "./vault.ts";
import type { Newsroom } from "./world.ts";

/** Log-in, unlocking, recovery and a new passphrase. docs/protocol.md §13.1, docs/api.md. */

type Named = { readonly userName: string };
type Typed = Named & { readonly passphrase: string };
type Arrival = { readonly newsroom: Newsroom; readonly owner: VaultOwner; readonly keys: DoorKeys };
type ByPassphrase = Arrival & { readonly typed: Stretched };

const byPassphrase = async (session: Session, typed: Typed): Promise<ByPassphrase> => {
  const crypto = await session.crypto();
  const { userName, passphrase } = typed;
  const newsroom = await fetchNewsroom(crypto, session.api);
  const owner: VaultOwner = { newsroomId: newsroom.newsroomId, userName };
  const used = await session.api.call("prelogin", { userName });
  const derive = (parameters: HashParameters) =>
    passphraseKeys(crypto, { owner, passphrase, parameters });
  const keys = derive(used);
  return { newsroom, owner, keys, typed: { used, authKey: keys.authKey, derive } };
};

const byWords = async (session: Session, typed: Named & { words: string }): Promise<Arrival> => {
  const crypto = await session.crypto();
  const entropy = entropyOf(typed.words, RECOVERY_BYTES);
  const newsroom = await fetchNewsroom(crypto, session.api);
  const owner: VaultOwner = { newsroomId: newsroom.newsroomId, userName: typed.userName };
  return { newsroom, owner, keys: recoveryKeys(crypto, owner, entropy) };
};

const enterBy = (
  session: Session,
  arrival: Arrival,
  how: { readonly me: Me; readonly door: "passphrase" | "recovery" },
): Promise<Standing> => {
  const { newsroom, owner, keys } = arrival;
  const by = { owner, door: how.door, unlockKey: keys.unlockKey };
  return enter(session, { newsroom, me: how.me, by });
};

const enterByPassphrase = async (
  session: Session,
  arrival: ByPassphrase,
  me: Me,
): Promise<Standing> => {
  const standing = await enterBy(session, arrival, { me, door: "passphrase" });
  await raiseIfCheap(session, arrival.typed);
  return standing;
};

export const accountFunctions = (session: Session) => {
  /** From `recover` to the new passphrase: the server asks for it once more. */
  let recoveryAuthKey: Uint8Array | null = null;
  let newRecovery: Uint8Array | null = null;

  const currentAuth = async (current: string | null) => {
    if (current === null && recoveryAuthKey !== null) {
      return { kind: "recovery" as const, key: recoveryAuthKey };
    }
    const { userName } = session.member().me;
    const { keys } = await byPassphrase(session, { userName, passphrase: current ?? "" });
    return { kind: "passphrase" as const, key: keys.authKey };
  };

  return {
    logIn: async (typed: Typed & { readonly totpCode: string }): Promise<Standing> => {
      const arrival = await byPassphrase(session, typed);
      const { userName, totpCode } = typed;
      const { authKey } = arrival.keys;
      const me = await session.api.call("login", { userName, authKey, totpCode });
      return enterByPassphrase(session, arrival, me);
    },

    unlock: async (typed: Typed): Promise<Standing> => {
      const arrival = await byPassphrase(session, typed);
      await session.api.call("unlock", { authKey: arrival.keys.authKey });
      const me = await session.api.call("me", null);
      if (me.userName !== typed.userName) throw new CodeError("not-logged-in");
      return enterByPassphrase(session, arrival, me);
    },

    recover: async (
      typed: Named & { readonly words: string; readonly totpCode: string },
    ): Promise<Standing> => {
      const arrival = await byWords(session, typed);
      const { userName, totpCode } = typed;
      const { authKey } = arrival.keys;
      const me = await session.api.call("recover", {
        userName,
        recoveryAuthKey: authKey,
        totpCode,
      });
      recoveryAuthKey = authKey;
      return enterBy(session, arrival, { me, door: "recovery" });
    },

    /** New recovery words for paper; nothing has changed until `changePassphrase`. */
    draftRecoveryWords: async (): Promise<readonly string[]> => {
      newRecovery = (await session.crypto()).random(RECOVERY_BYTES);
      return wordsOf(newRecovery);
    },

    /** True when this is the passphrase that opens the vault now. Costs one Argon2id and one try at the server. */
    checkPassphrase: async ({ passphrase }: { readonly passphrase: string }): Promise<void> => {
      const { userName } = session.member().me;
      const { keys } = await byPassphrase(session, { userName, passphrase });
      await session.api.call("unlock", { authKey: keys.authKey });
    },

    /**
     * A new vault key, every record sealed anew under it, new passphrase, new recovery words; other sessions end. `current`
     * is null after `recover`. The open vault is stale afterwards: the page ends this worker.
     */
    changePassphrase: async (typed: {
      readonly current: string | null;
      readonly passphrase: string;
    }): Promise<void> => {
      const { crypto, newsroomId, me, records } = session.member();
      if (newRecovery === null) throw new CodeError("failed");
      const owner: VaultOwner = { newsroomId, userName: me.userName };
      const authKey = await currentAuth(typed.current);
      const parameters = freshParameters(crypto);
      const { passphrase } = typed;
      const keys = passphraseKeys(crypto, { owner, passphrase, parameters });
      const recovery = recoveryKeys(crypto, owner, newRecovery);
      const expectVersion = records.version();
      const vault = sealVault(crypto, {
        owner,
        doors: { passphrase: keys.unlockKey, recovery: recovery.unlockKey },
        version: expectVersion + 1,
        records: records.all(),
      });
      await session.api.call("changePassphrase", {
        authKey,
        ...parameters,
        newAuthKey: keys.authKey,
        newRecoveryAuthKey: recovery.authKey,
        expectVersion,
        vault,
      });
    },

    logOut: async ({ everywhere }: { readonly everywhere: boolean }): Promise<void> => {
      await session.api.call(everywhere ? "logoutEverywhere" : "logout", null);
    },

    /** A sign of life: the server's session locks after a quarter of an hour without one. */
    touch: async (): Promise<void> => {
      await session.api.call("me", null);
    },
  };
};
