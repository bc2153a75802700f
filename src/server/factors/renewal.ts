import { SealdropError } from "../../protocol/public/errors.ts";
import { checkSession, type HeldSession } from "../database/check-session.ts";
import { bytes, type Transaction } from "../database/database.ts";
import { endSessions } from "../database/end-sessions.ts";
import type { Audit } from "../http/audit.ts";
import type { StaffSession } from "../http/guards.ts";
import { dayOf, type World } from "../http/world.ts";
import { TOTP_PURPOSE, totpStep } from "../secrets/totp.ts";
import { NO_STEP } from "./app-codes.ts";
import { type FactorCheck, NOBODY } from "./checked.ts";

/** A new authenticator app: in place of the old one alone, or of every second factor that was there. */
export type NewApp = { readonly totpSecret: Uint8Array; readonly totpCode: string };

type Who = HeldSession & Pick<StaffSession, "memberNumber">;

export type Renewal = {
  /** By somebody who has signed in and typed the passphrase again. Throws wrong-login for a wrong code. */
  replaceApp(who: Who, app: NewApp): Promise<void>;
  /** Recovery words alone: whoever holds the sheet sets everything else anew, and the admins are told. */
  byWords(app: NewApp): FactorCheck;
  /** By a link of an admin; `take` uses the link up in the same transaction. */
  byLink(app: NewApp, take: TakeLink): FactorCheck;
};

/** True once for each link that belongs to this account. */
export type TakeLink = (tx: Transaction, accountId: string) => Promise<boolean>;

type StepApp = NewApp & { readonly step: number };
type Way = {
  readonly take: TakeLink;
  readonly kind: "factor-reset-used" | "factor-reset-by-words";
};
type RenewalWorld = Pick<World, "db" | "secrets" | "now"> & { readonly audit: Audit };

export const createRenewal = ({ db, secrets, now, audit }: RenewalWorld): Renewal => {
  const stepOf = (app: NewApp): number => totpStep(app.totpSecret, app.totpCode, now()) ?? NO_STEP;
  const dataOf = (app: NewApp, step: number) => ({
    totpSealed: bytes(secrets.seal(TOTP_PURPOSE, app.totpSecret)),
    totpLastStep: step,
  });

  const dropOthers = async (tx: Transaction, accountId: string): Promise<void> => {
    await tx.recoveryCode.deleteMany({ where: { accountId } });
    await tx.passkey.deleteMany({ where: { accountId } });
    await endSessions(tx, accountId);
  };

  const putApp = async (tx: Transaction, id: string, app: StepApp): Promise<boolean> => {
    const data = dataOf(app, app.step);
    const { count } = await tx.account.updateMany({ where: { id }, data });
    if (count === 1) await dropOthers(tx, id);
    return count === 1;
  };

  const note = async (tx: Transaction, id: string, kind: Way["kind"]): Promise<void> => {
    const select = { memberNumber: true } as const;
    const { memberNumber } = await tx.account.findUniqueOrThrow({ where: { id }, select });
    await audit.append(tx, { kind, actor: memberNumber });
  };

  /** False undoes nothing, because nothing was done: the first statement is the condition. */
  const setAnew = (given: NewApp, { take, kind }: Way) => {
    const app = { ...given, step: stepOf(given) };
    const anew = async (tx: Transaction, id: string): Promise<boolean> => {
      const done = (await take(tx, id)) && (await putApp(tx, id, app));
      if (done) await note(tx, id, kind);
      return done;
    };
    return (accountId: string, right: boolean): Promise<boolean> => {
      const id = right && app.step !== NO_STEP ? accountId : NOBODY;
      return db.$transaction((tx) => anew(tx, id));
    };
  };

  const noteWords: TakeLink = async (tx, accountId) => {
    const id = bytes(secrets.random(16));
    const day = dayOf(now());
    const rows = await tx.$executeRaw`
      INSERT INTO factor_reset (id, account_id, expires_at, used_day)
      SELECT ${id}, id, ${now()}::timestamptz, ${day}::int FROM account
      WHERE id = ${accountId}::uuid`;
    return rows === 1;
  };

  return {
    replaceApp: async (who, app) => {
      const step = stepOf(app);
      if (step === NO_STEP) throw new SealdropError("wrong-login");
      await db.$transaction(async (tx) => {
        await tx.account.updateMany({ where: { id: who.accountId }, data: dataOf(app, step) });
        await checkSession(tx, who);
        await audit.append(tx, { kind: "app-changed", actor: who.memberNumber });
      });
    },
    byWords: (app) => async (known) => {
      const anew = setAnew(app, { take: noteWords, kind: "factor-reset-by-words" });
      return {
        kind: "words",
        authHash: null,
        endsSessions: true,
        use: (right) => anew(known.id, right),
      };
    },
    byLink: (app, take) => async (known) => {
      const anew = setAnew(app, { take, kind: "factor-reset-used" });
      return {
        kind: "reset",
        authHash: null,
        endsSessions: true,
        use: (right) => anew(known.id, right),
      };
    },
  };
};
