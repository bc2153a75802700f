import { equal } from "../../../protocol/public/bytes.ts";
import type { PasskeyAssertion } from "../../../protocol/public/second-factor-api.ts";
import type { Me, PassphraseChange } from "../../../protocol/public/staff-api.ts";
import { wordsOf } from "../../../protocol/public/words.ts";
import { entropyOf } from "../../../protocol/secret/codename.ts";
import {
  passphraseKeys,
  RECOVERY_BYTES,
  recoveryKeys,
} from "../../../protocol/secret/passphrase.ts";
import type { VaultOwner, VaultRecords } from "../../../protocol/secret/vault.ts";
import { CodeError, codeOf } from "../../kit/code-error.ts";
import {
  type Arrival,
  arriveAnew,
  byPassphrase,
  byPassphraseAgain,
  type Proven,
  prove,
  type Typed,
} from "./by-passphrase.ts";
import {
  DEVICE_RECORD,
  type DeviceTyped,
  givenDevice,
  heldDevice,
  keepDevice,
} from "./device-secret.ts";
import { draftedApp } from "./factors.ts";
import { raiseIfCheap } from "./hash-cost.ts";
import { freshParameters } from "./new-account.ts";
import { fetchNewsroom } from "./newsroom.ts";
import { forgetPasskey } from "./passkeys.ts";
import type { Session } from "./session.ts";
import { enter, type Standing } from "./standing.ts";
import { type Records, sealVault } from "./vault.ts";

/** Log-in, unlocking, recovery and a new passphrase. docs/protocol.md §13.1, docs/api.md. */

type Named = Pick<Typed, "userName">;
type WithDevice = Typed & DeviceTyped & { readonly keepDevice?: boolean };

/** One of the ways to prove the second factor, as it travels. */
export type FactorTyped =
  | { readonly totpCode: string }
  | { readonly recoveryCode: string }
  | { readonly passkey: PasskeyAssertion };
/** With recovery words also a new app: its secret was drawn here, for a code to be typed. */
export type RecoveryFactor = FactorTyped | { readonly newAppCode: string };

/** What becomes of the device secret with the new passphrase. */
export type DeviceChange = "keep" | "new" | "off";

type ByWords = Arrival & { readonly salt: Uint8Array };

const byWords = async (session: Session, typed: Named & { words: string }): Promise<ByWords> => {
  const crypto = await session.crypto();
  const entropy = entropyOf(typed.words, RECOVERY_BYTES);
  const newsroom = await fetchNewsroom(crypto, session.api);
  const { userName } = typed;
  const owner: VaultOwner = { newsroomId: newsroom.newsroomId, userName };
  const { salt } = await session.api.call("prelogin", { userName });
  return { newsroom, owner, keys: recoveryKeys(crypto, owner, entropy), salt };
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

/** Of a session that exists: the server compares the passphrase again. */
const proveAgain = async (session: Session, userName: string, authKey: Uint8Array): Promise<Me> => {
  await session.api.call("unlock", { authKey });
  const me = await session.api.call("me", null);
  if (me.userName !== userName) throw new CodeError("not-logged-in");
  return me;
};

/**
 * Between proving the passphrase and reading the vault, another tab or device may have set a new one or a dearer one: what then
 * does not open is no altered vault. So whoever is told of another salt or cost begins once more with it.
 */
const enterByPassphrase = async (session: Session, came: Proven<Me>): Promise<Standing> => {
  const open = async ({ arrival, answer: me }: Proven<Me>): Promise<Standing> => {
    const standing = await enterBy(session, arrival, { me, door: "passphrase" });
    await raiseIfCheap(session, arrival.typed);
    return standing;
  };
  try {
    return await open(came);
  } catch (error) {
    if (codeOf(error) !== "vault-broken") throw error;
    const arrival = await arriveAnew(session, came.arrival);
    if (arrival === null) throw error;
    const { userName } = came.answer;
    return open({ arrival, answer: await proveAgain(session, userName, arrival.keys.authKey) });
  }
};

/** The same of recovery words: those are void then, and what they opened is gone. */
const enterByWords = (session: Session, arrival: ByWords, me: Me): Promise<Standing> =>
  enterBy(session, arrival, { me, door: "recovery" }).catch(async (error: unknown) => {
    if (codeOf(error) !== "vault-broken") throw error;
    const { salt } = await session.api.call("prelogin", { userName: me.userName });
    throw equal(salt, arrival.salt) ? error : new CodeError("wrong-login");
  });

export type NewPassphrase = {
  readonly current: string | null;
  readonly passphrase: string;
  readonly device: DeviceChange;
  /** Whether this browser keeps a new device secret. */
  readonly keepDevice: boolean;
};

const withDevice = (records: VaultRecords, secret: Uint8Array | null): VaultRecords => {
  const others = [...records].filter(([id]) => id !== DEVICE_RECORD);
  return new Map(secret === null ? others : [...others, [DEVICE_RECORD, secret] as const]);
};

const MOST_TRIES = 3;

/** Another tab may save at the same moment; what it saved is sealed anew with the rest. */
const insistOn = async (records: Records, post: () => Promise<void>): Promise<void> => {
  for (let tries = 1; ; tries++) {
    try {
      await records.alone(post);
      return;
    } catch (error) {
      if (codeOf(error) !== "vault-changed" || tries === MOST_TRIES) throw error;
      await records.reload();
    }
  }
};

export const accountFunctions = (session: Session) => {
  /** From `recover` to the new passphrase: the server asks for it once more. */
  let recoveryAuthKey: Uint8Array | null = null;
  let newRecovery: Uint8Array | null = null;

  const recoveryFactor = (factor: RecoveryFactor) =>
    "newAppCode" in factor
      ? { totpSecret: draftedApp(session), totpCode: factor.newAppCode }
      : factor;

  const byCurrent = async (
    current: string | null,
    post: (authKey: PassphraseChange["authKey"]) => Promise<void>,
  ): Promise<void> => {
    if (current === null && recoveryAuthKey !== null) {
      return post({ kind: "recovery", key: recoveryAuthKey });
    }
    const arrival = await byPassphraseAgain(session, current ?? "");
    await prove(session, arrival, (key) => post({ kind: "passphrase", key }));
  };

  const nextDevice = ({ device }: NewPassphrase): Uint8Array | null => {
    switch (device) {
      case "keep":
        return heldDevice(session.member().records);
      case "off":
        return null;
      case "new":
        if (session.draftedDevice === null) throw new CodeError("failed");
        return session.draftedDevice;
    }
  };

  return {
    logIn: async (typed: WithDevice & { readonly factor: FactorTyped }): Promise<Standing> => {
      const deviceSecret = await givenDevice(session, typed);
      const arrival = await byPassphrase(session, typed, deviceSecret);
      const { userName, factor } = typed;
      const came = await prove(session, arrival, (authKey) =>
        session.api.call("login", { userName, authKey, ...factor }),
      );
      if (typed.keepDevice === true) await keepDevice(session, userName, deviceSecret);
      return enterByPassphrase(session, came);
    },

    unlock: async (typed: WithDevice): Promise<Standing> => {
      const deviceSecret = await givenDevice(session, typed);
      const { userName } = typed;
      const arrival = await byPassphrase(session, typed, deviceSecret);
      const came = await prove(session, arrival, (key) => proveAgain(session, userName, key));
      if (typed.keepDevice === true) await keepDevice(session, userName, deviceSecret);
      return enterByPassphrase(session, came);
    },

    recover: async (
      typed: Named & { readonly words: string; readonly factor: RecoveryFactor },
    ): Promise<Standing> => {
      const arrival = await byWords(session, typed);
      const { authKey } = arrival.keys;
      const me = await session.api.call("recover", {
        userName: typed.userName,
        recoveryAuthKey: authKey,
        ...recoveryFactor(typed.factor),
      });
      recoveryAuthKey = authKey;
      return enterByWords(session, arrival, me);
    },

    /** New recovery words for paper; nothing has changed until `changePassphrase`. */
    draftRecoveryWords: async (): Promise<readonly string[]> => {
      newRecovery = (await session.crypto()).random(RECOVERY_BYTES);
      return wordsOf(newRecovery);
    },

    /** Throws unless this is the passphrase that opens the vault now. Costs one Argon2id and one try at the server. */
    checkPassphrase: async ({ passphrase }: { readonly passphrase: string }): Promise<void> => {
      const first = await byPassphraseAgain(session, passphrase);
      const { arrival } = await prove(session, first, (authKey) =>
        session.api.call("unlock", { authKey }),
      );
      session.confirmedAuth = arrival.keys.authKey;
    },

    /**
     * A new vault key, every record sealed anew under it, new passphrase, new recovery words; other sessions end, and
     * passkeys no longer open the vault alone. `current` is null after `recover`, and the device secret is off then: its
     * card may be what was lost. The open vault is stale afterwards: the page ends this worker.
     */
    changePassphrase: async (typed: NewPassphrase): Promise<void> => {
      const { crypto, newsroomId, me, records } = session.member();
      if (newRecovery === null) throw new CodeError("failed");
      const owner: VaultOwner = { newsroomId, userName: me.userName };
      const parameters = freshParameters(crypto);
      const { passphrase } = typed;
      const deviceSecret = nextDevice(typed);
      const keys = passphraseKeys(crypto, { owner, passphrase, parameters, deviceSecret });
      const recovery = recoveryKeys(crypto, owner, newRecovery);
      const post = async (authKey: PassphraseChange["authKey"]): Promise<void> => {
        const expectVersion = records.version();
        const vault = sealVault(crypto, {
          owner,
          doors: { passphrase: keys.unlockKey, recovery: recovery.unlockKey },
          version: expectVersion + 1,
          records: withDevice(records.all(), deviceSecret),
        });
        await session.api.call("changePassphrase", {
          authKey,
          ...parameters,
          newAuthKey: keys.authKey,
          newRecoveryAuthKey: recovery.authKey,
          expectVersion,
          vault,
        });
      };
      await byCurrent(typed.current, (authKey) => insistOn(records, () => post(authKey)));
      await forgetPasskey(session, me.userName);
      if (typed.device !== "keep") {
        await keepDevice(session, me.userName, typed.keepDevice ? deviceSecret : null);
      }
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
