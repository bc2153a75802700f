import { base64url } from "../../../protocol/public/bytes.ts";
import { factorResetTokenHash } from "../../../protocol/public/invite-token.ts";
import type { FactorResets } from "../../../protocol/public/signin-api.ts";
import { factorResetToken, INVITE_SECRET_BYTES } from "../../../protocol/secret/enrolment.ts";
import { byPassphrase, prove } from "./by-passphrase.ts";
import { type DeviceTyped, givenDevice } from "./device-secret.ts";
import { draftedApp } from "./factors.ts";
import type { Session } from "./session.ts";
import { enter, type Standing } from "./standing.ts";

/** A link by which a colleague sets their second factor anew; without their passphrase it opens nothing. docs/adr/0017. */

export type ResetRow = FactorResets["resets"][number];

type ByLink = DeviceTyped & {
  readonly secret: Uint8Array;
  readonly passphrase: string;
  readonly totpCode: string;
};

export const resetFunctions = (session: Session) => ({
  factorResets: async (): Promise<readonly ResetRow[]> => {
    const { api } = session.world();
    return (await api.call("factorResets", null, { background: true })).resets;
  },

  /** The secret for the link. Their sessions end with it. */
  resetFactor: async (input: { readonly memberNumber: number }): Promise<Uint8Array> => {
    const { crypto, api } = session.world();
    const secret = crypto.random(INVITE_SECRET_BYTES);
    const tokenHash = factorResetTokenHash(crypto, factorResetToken(crypto, secret));
    await api.call("resetFactor", { ...input, tokenHash });
    return secret;
  },

  withdrawReset: async ({ id }: { readonly id: Uint8Array }): Promise<void> => {
    await session.world().api.call("withdrawReset", null, { id: base64url(id) });
  },

  /** Throws factor-reset-void. */
  openReset: async ({ secret }: { readonly secret: Uint8Array }): Promise<void> => {
    const token = factorResetToken(await session.crypto(), secret);
    await session.api.call("openReset", { token });
  },

  finishReset: async (typed: ByLink): Promise<Standing> => {
    const crypto = await session.crypto();
    const { userName, totpCode, secret } = typed;
    const deviceSecret = await givenDevice(session, typed);
    const first = await byPassphrase(session, typed, deviceSecret);
    const { arrival, answer: me } = await prove(session, first, (authKey) =>
      session.api.call("useReset", {
        token: factorResetToken(crypto, secret),
        userName,
        authKey,
        totpSecret: draftedApp(session),
        totpCode,
      }),
    );
    const { newsroom, owner, keys } = arrival;
    const by = { owner, door: "passphrase" as const, unlockKey: keys.unlockKey };
    return enter(session, { newsroom, me, by });
  },
});
