import type { Response, Router } from "express";
import * as z from "zod/mini";
import { SealdropError } from "../../protocol/public/errors.ts";
import * as api from "../../protocol/public/staff-api.ts";
import { sendError, sendJson, sendNothing } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Audit } from "../http/audit.ts";
import { readJson } from "../http/input.ts";
import { dayOf, type World } from "../http/world.ts";
import { dropCookie, giveCookie } from "./cookie.ts";
import type { StaffGuards } from "./guards.ts";
import type { Login, Verdict } from "./login.ts";
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
};

/** How somebody came in; null: with a line of its own already, by set-up or an invitation. */
export type WayIn = "logged-in" | "recovery-used" | null;

/** Starts a session for the account: cookie and `Me`. */
export type Enter = (response: Response, accountId: string, way?: WayIn) => Promise<void>;

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

export const createEnter =
  (world: EnterWorld, sessions: Sessions): Enter =>
  async (response, accountId, way = null) => {
    const who = await world.db.account.findUnique({
      where: { id: accountId },
      select: { userName: true, role: true, memberNumber: true },
    });
    if (who === null) throw new SealdropError("not-logged-in");
    const token = await world.db.$transaction(async (tx) => {
      const started = await sessions.start(accountId, tx);
      if (way !== null) await world.audit.append(tx, { kind: way, actor: who.memberNumber });
      return started;
    });
    giveCookie(response, token);
    sendJson(response, meOf(world, who));
  };

const sendWait = (response: Response, seconds: number): void => {
  response.setHeader("Retry-After", seconds);
  sendError(response, "wait", { retryAfterSeconds: seconds });
};

const addLogin = (router: Router, { login, enter }: StaffParts): void => {
  const answer = async (response: Response, verdict: Verdict, way: WayIn): Promise<void> => {
    if ("waitSeconds" in verdict) sendWait(response, verdict.waitSeconds);
    else await enter(response, verdict.accountId, way);
  };
  router.post("/api/prelogin", async (request, response) => {
    const { userName } = await readJson(request, api.Prelogin);
    sendJson(response, z.encode(api.PreloginAnswer, await login.prelogin(userName)));
  });
  router.post("/api/login", async (request, response) => {
    const body = await readJson(request, api.Login);
    await answer(response, await login.enter({ ...body, door: "passphrase" }), "logged-in");
  });
  router.post("/api/recover", async (request, response) => {
    const { recoveryAuthKey, ...body } = await readJson(request, api.Recover);
    const attempt = { ...body, authKey: recoveryAuthKey, door: "recovery" } as const;
    await answer(response, await login.enter(attempt), "recovery-used");
  });
};

const addSession = (router: Router, parts: StaffParts, world: AuditedWorld): void => {
  const { guards, login, sessions } = parts;
  router.get("/api/me", async (request, response) => {
    sendJson(response, meOf(world, await guards.session(request)));
  });
  router.post("/api/unlock", async (request, response) => {
    const session = await guards.anySession(request);
    const { authKey } = await readJson(request, api.Unlock);
    const verdict = await login.confirm(session.accountId, "passphrase", authKey);
    if ("waitSeconds" in verdict) {
      sendWait(response, verdict.waitSeconds);
      return;
    }
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
    const { accountId } = await guards.session(request);
    sendJson(response, z.encode(api.VaultAnswer, await vaults.read(accountId)));
  });
  router.post("/api/vault", async (request, response) => {
    const { accountId } = await guards.session(request);
    const change = await readJson(request, api.VaultWrite, VAULT_LIMIT_BYTES);
    sendJson(response, { version: await vaults.write(accountId, change) });
  });
  router.post("/api/account/passphrase", async (request, response) => {
    const session = await guards.session(request);
    const change = await readJson(request, api.PassphraseChange, VAULT_LIMIT_BYTES);
    const { kind, key } = change.authKey;
    const verdict = await login.confirm(session.accountId, kind, key);
    if ("waitSeconds" in verdict) {
      sendWait(response, verdict.waitSeconds);
      return;
    }
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
