import type { Request, Response, Router } from "express";
import * as z from "zod/mini";
import * as api from "../../protocol/public/signin-api.ts";
import { sendJson, sendNothing } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import { askedOrigin } from "../http/asked-origin.ts";
import type { Guards, StaffSession } from "../http/guards.ts";
import { readId, readJson } from "../http/input.ts";
import type { FactorCheck } from "./checked.ts";
import type { Factors } from "./factors.ts";

/** One try at an account's door, counted and slowed like every other; has answered the request when it says false. */
export type FactorDoors = {
  /** The passphrase once more: an open desk alone must not be enough to add a way in. */
  confirmed(response: Response, session: StaffSession, authKey: Uint8Array): Promise<boolean>;
  enterByLink(response: Response, attempt: LinkAttempt): Promise<void>;
};

export type LinkAttempt = {
  readonly userName: string;
  readonly authKey: Uint8Array;
  readonly factor: FactorCheck;
};

export type FactorParts = {
  readonly guards: Guards;
  readonly factors: Factors;
  readonly doors: FactorDoors;
};

const addOwn = (router: Router, { guards, factors, doors }: FactorParts): void => {
  router.get("/api/factors", async (request, response) => {
    const { accountId } = await guards.session(request);
    const recoveryCodesLeft = await factors.codes.left(accountId);
    const passkeys = await factors.passkeys.list(accountId);
    sendJson(response, z.encode(api.Factors, { recoveryCodesLeft, passkeys }));
  });
  router.post("/api/factors/codes", async (request, response) => {
    const session = await guards.session(request);
    const { authKey, codes } = await readJson(request, api.RecoveryCodesPost);
    if (!(await doors.confirmed(response, session, authKey))) return;
    await factors.codes.replace(session, codes);
    sendNothing(response);
  });
  router.post("/api/factors/app", async (request, response) => {
    const session = await guards.session(request);
    const { authKey, ...app } = await readJson(request, api.NewApp);
    if (!(await doors.confirmed(response, session, authKey))) return;
    await factors.renewal.replaceApp(session, app);
    sendNothing(response);
  });
};

const addPasskeys = (router: Router, { guards, factors, doors }: FactorParts): void => {
  const { challenges, passkeys } = factors;
  router.post("/api/passkeys/challenge", async (request, response) => {
    const { userName } = await readJson(request, api.ChallengeAsk);
    sendJson(response, z.encode(api.Challenge, { challenge: challenges.make(userName) }));
  });
  router.post("/api/passkeys", async (request, response) => {
    const session = await guards.session(request);
    const post = await readJson(request, api.PasskeyPost);
    if (!(await doors.confirmed(response, session, post.authKey))) return;
    await passkeys.add(session, post, askedOrigin(response));
    sendNothing(response);
  });
  router.post("/api/passkeys/door", async (request, response) => {
    const session = await guards.session(request);
    const post = await readJson(request, api.PasskeyDoorPost);
    await passkeys.addDoor(session, post, askedOrigin(response));
    sendNothing(response);
  });
  router.post("/api/passkeys/remove", async (request, response) => {
    const session = await guards.session(request);
    const { credentialId } = await readJson(request, api.PasskeyRemoval);
    await passkeys.remove(session, credentialId);
    sendNothing(response);
  });
};

const addResets = (router: Router, { guards, factors, doors }: FactorParts): void => {
  const { renewal, resets } = factors;
  router.post("/api/factor-resets", async (request, response) => {
    const admin = await guards.admin(request);
    const made = await resets.create(admin, await readJson(request, api.FactorResetPost));
    sendJson(response, z.encode(api.FactorResetPosted, made));
  });
  router.get("/api/factor-resets", async (request, response) => {
    await guards.admin(request);
    sendJson(response, z.encode(api.FactorResets, { resets: await resets.list() }));
  });
  router.delete("/api/factor-resets/:id", async (request: Request, response) => {
    const admin = await guards.admin(request);
    await resets.withdraw(admin, readId(request, "id"));
    sendNothing(response);
  });
  router.post("/api/factor-resets/open", async (request, response) => {
    const { token } = await readJson(request, api.FactorResetOpen);
    await resets.check(token);
    sendNothing(response);
  });
  router.post("/api/factor-resets/use", async (request, response) => {
    const { token, userName, authKey, ...app } = await readJson(request, api.FactorResetUse);
    // Before the hashing, which nobody without a token may cause.
    await resets.check(token);
    const factor = renewal.byLink(app, (tx, accountId) => resets.take(tx, token, accountId));
    await doors.enterByLink(response, { userName, authKey, factor });
  });
};

export const createFactorRoutes = (parts: FactorParts): Router => {
  const router = createRouter();
  addOwn(router, parts);
  addPasskeys(router, parts);
  addResets(router, parts);
  return router;
};
