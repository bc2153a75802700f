import type { Response, Router } from "express";
import * as z from "zod/mini";
import { SealdropError } from "../../protocol/public/errors.ts";
import type { PasskeyAssertion, SessionKind } from "../../protocol/public/second-factor-api.ts";
import { PasskeyLogin, PasskeyUnlock } from "../../protocol/public/signin-api.ts";
import * as api from "../../protocol/public/staff-api.ts";
import type { Transaction } from "../database/database.ts";
import { sendJson, sendNothing, sendWait } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import { askedOrigin } from "../http/asked-origin.ts";
import type { Audit } from "../http/audit.ts";
import { readJson } from "../http/input.ts";
import { dayOf, type World } from "../http/world.ts";
import { dropCookie, giveCookie } from "./cookie.ts";
import type { StaffGuards } from "./guards.ts";
import type { Confirmed, Entered, FactorCheck, Login, Verdict } from "./login.ts";
import type { ChangePassphrase } from "./passphrase.ts";
import type { Sessions } from "./sessions.ts";
import type { Vaults } from "./vaults.ts";

/** A vault with every record changed at once; only somebody logged in may send that much. */
const VAULT_LIMIT_BYTES = 4_194_304;

export type StaffParts = {
  readonly guards: StaffGuards;
  readonly login: Login;
  readonly sessions: Sessions;
  readonly vaults: Vaults;
  readonly changePassphrase: ChangePassphrase;
  readonly enter: Enter;
  readonly factorOf: (body: FactorBody, origin: string) => FactorCheck;
};

/** The part of a body that proves the second factor. */
export type FactorBody =
  | { readonly totpCode: string; readonly totpSecret?: Uint8Array }
  | { readonly recoveryCode: string }
  | { readonly passkey: PasskeyAssertion };

/**
 * Starts a session for the account: cookie and `Me`. Null: by set-up or an invitation, which have a line of their own in
 * the trail; a code of the app was shown there too.
 */
export type Enter = (
  response: Response,
  accountId: string,
  by?: Omit<Entered, "accountId">,
) => Promise<void>;

const wayIn = (kind: SessionKind | null): "logged-in" | "recovery-used" | null => {
  if (kind === null) return null;
  return kind === "words" ? "recovery-used" : "logged-in";
};

type EnterWorld = Pick<World, "db" | "config" | "now"> & { readonly audit: Audit };
type Who = Pick<api.Me, "userName" | "memberNumber"> & { readonly role: string };

const meOf = ({ config, now }: Pick<World, "config" | "now">, who: Who): object =>
  z.encode(api.Me, {
    userName: who.userName,
    role: who.role === "admin" ? "admin" : "journalist",
    memberNumber: who.memberNumber,
    today: dayOf(now()),
    sourceOrigin: config.sourceOrigins[0] ?? "",
    newsroomOrigin: config.newsroomOrigins[0] ?? "",
  });

/** Whoever came with an old passphrase or second factor while a new one was being set must not stay: that has ended all sessions. */
const checkStillRight = async (
  tx: Transaction,
  accountId: string,
  sessionsEnded: number,
): Promise<void> => {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM account WHERE id = ${accountId}::uuid
      AND sessions_ended = ${sessionsEnded}::int FOR SHARE`;
  if (rows.length === 0) throw new SealdropError("wrong-login");
};

export const createEnter =
  (world: EnterWorld, sessions: Sessions): Enter =>
  async (response, accountId, by) => {
    const kind = by?.kind ?? null;
    const who = await world.db.account.findUnique({
      where: { id: accountId },
      select: { userName: true, role: true, memberNumber: true },
    });
    if (who === null) throw new SealdropError("not-logged-in");
    const token = await world.db.$transaction(async (tx) => {
      if (by !== undefined) await checkStillRight(tx, accountId, by.sessionsEnded);
      const started = await sessions.start(accountId, kind ?? "app", tx);
      const way = wayIn(kind);
      if (way !== null) await world.audit.append(tx, { kind: way, actor: who.memberNumber });
      return started;
    });
    giveCookie(response, token);
    sendJson(response, meOf(world, who));
  };

export const createAnswer =
  (enter: Enter) =>
  async (response: Response, verdict: Verdict): Promise<void> => {
    if ("waitSeconds" in verdict) sendWait(response, verdict.waitSeconds);
    else await enter(response, verdict.accountId, verdict);
  };

/** False: has answered already, with the time to wait. */
export const goesOn = (response: Response, verdict: Confirmed): boolean => {
  if (!("waitSeconds" in verdict)) return true;
  sendWait(response, verdict.waitSeconds);
  return false;
};

const addLogin = (router: Router, { login, enter, factorOf }: StaffParts): void => {
  const answer = createAnswer(enter);
  router.post("/api/prelogin", async (request, response) => {
    const { userName } = await readJson(request, api.Prelogin);
    sendJson(response, z.encode(api.PreloginAnswer, await login.prelogin(userName)));
  });
  router.post("/api/login", async (request, response) => {
    const { userName, authKey, ...body } = await readJson(request, api.Login);
    const factor = factorOf(body, askedOrigin(response));
    await answer(response, await login.enter({ userName, authKey, factor, door: "passphrase" }));
  });
  router.post("/api/login/passkey", async (request, response) => {
    const { userName, authKey, passkey } = await readJson(request, PasskeyLogin);
    const factor = factorOf({ passkey }, askedOrigin(response));
    await answer(response, await login.enter({ userName, authKey, factor, door: "passkey" }));
  });
  router.post("/api/recover", async (request, response) => {
    const { userName, recoveryAuthKey, ...body } = await readJson(request, api.Recover);
    const factor = factorOf(body, askedOrigin(response));
    const attempt = { userName, authKey: recoveryAuthKey, factor, door: "recovery" } as const;
    await answer(response, await login.enter(attempt));
  });
};

const addSession = (router: Router, parts: StaffParts, world: AuditedWorld): void => {
  const { guards, login, sessions, factorOf } = parts;
  router.get("/api/me", async (request, response) => {
    sendJson(response, meOf(world, await guards.session(request)));
  });
  router.post("/api/unlock", async (request, response) => {
    const session = await guards.anySession(request);
    const { authKey } = await readJson(request, api.Unlock);
    const verdict = await login.confirm(session.accountId, "passphrase", authKey);
    if (!goesOn(response, verdict)) return;
    await sessions.unlock(session);
    sendNothing(response);
  });
  router.post("/api/unlock/passkey", async (request, response) => {
    const session = await guards.anySession(request);
    const { authKey, passkey } = await readJson(request, PasskeyUnlock);
    const by = { authKey, factor: factorOf({ passkey }, askedOrigin(response)) };
    if (!goesOn(response, await login.confirmPasskey(session.accountId, by))) return;
    await sessions.unlock(session);
    sendNothing(response);
  });
  router.post("/api/logout", async (request, response) => {
    await sessions.end(await guards.anySession(request));
    dropCookie(response);
    sendNothing(response);
  });
  router.post("/api/logout-everywhere", async (request, response) => {
    const { accountId, memberNumber } = await guards.anySession(request);
    await world.db.$transaction(async (tx) => {
      await sessions.endAll(accountId, tx);
      await world.audit.append(tx, { kind: "logged-out-everywhere", actor: memberNumber });
    });
    dropCookie(response);
    sendNothing(response);
  });
};

const addVault = (router: Router, parts: StaffParts): void => {
  const { guards, login, vaults, changePassphrase } = parts;
  router.get("/api/vault", async (request, response) => {
    const session = await guards.session(request);
    sendJson(response, z.encode(api.VaultAnswer, await vaults.read(session)));
  });
  router.post("/api/vault", async (request, response) => {
    const session = await guards.session(request);
    const change = await readJson(request, api.VaultWrite, VAULT_LIMIT_BYTES);
    sendJson(response, { version: await vaults.write(session, change) });
  });
  router.post("/api/account/passphrase", async (request, response) => {
    const session = await guards.session(request);
    const change = await readJson(request, api.PassphraseChange, VAULT_LIMIT_BYTES);
    const { kind, key } = change.authKey;
    if (!goesOn(response, await login.confirm(session.accountId, kind, key))) return;
    await changePassphrase(session, change);
    sendNothing(response);
  });
};

type AuditedWorld = World & { readonly audit: Audit };

export const createStaffRoutes = (world: AuditedWorld, parts: StaffParts): Router => {
  const router = createRouter();
  addLogin(router, parts);
  addSession(router, parts, world);
  addVault(router, parts);
  return router;
};
