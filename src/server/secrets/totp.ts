import { verifySync } from "otplib";

/** As given to `secrets.seal`. */
export const TOTP_PURPOSE = "totp";

const STEP_SECONDS = 30;

/**
 * The time step a code belongs to, with one step of drift either way, or null. Whether the step was used before is for
 * the database to say, in one conditional update.
 */
export const totpStep = (secret: Uint8Array, code: string, now: Date): number | null => {
  const result = verifySync({
    secret,
    token: code,
    epoch: Math.floor(now.getTime() / 1000),
    epochTolerance: STEP_SECONDS,
  });
  return result.valid && "timeStep" in result ? result.timeStep : null;
};
