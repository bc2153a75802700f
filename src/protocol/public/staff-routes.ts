/** The newsroom listener's JSON routes, one row each: what goes in and what comes out. Null is an empty body, or 204. */

import { auditRoutes } from "./audit-api.ts";
import { handoverRoutes } from "./handover-api.ts";
import { hashCostRoutes } from "./hash-cost-api.ts";
import { keyTimelineRoutes } from "./key-timeline-api.ts";
import { lastingKeysRoutes } from "./lasting-keys-api.ts";
import { lettersRoutes } from "./letters-api.ts";
import { logRoutes } from "./log-api.ts";
import { rotationRoutes } from "./rotation-api.ts";
import { signinRoutes } from "./signin-api.ts";
import * as api from "./staff-api.ts";
import { wordShareRoutes } from "./word-share-api.ts";

export const staffRoutes = {
  checkSetup: {
    method: "POST",
    path: "/api/setup/check",
    body: api.SetupCheck,
    answer: api.SetupChecked,
  },
  setUp: { method: "POST", path: "/api/setup", body: api.Setup, answer: api.Me },
  prelogin: {
    method: "POST",
    path: "/api/prelogin",
    body: api.Prelogin,
    answer: api.PreloginAnswer,
  },
  login: { method: "POST", path: "/api/login", body: api.Login, answer: api.Me },
  recover: { method: "POST", path: "/api/recover", body: api.Recover, answer: api.Me },
  unlock: { method: "POST", path: "/api/unlock", body: api.Unlock, answer: null },
  logout: { method: "POST", path: "/api/logout", body: null, answer: null },
  logoutEverywhere: { method: "POST", path: "/api/logout-everywhere", body: null, answer: null },
  me: { method: "GET", path: "/api/me", body: null, answer: api.Me },
  changePassphrase: {
    method: "POST",
    path: "/api/account/passphrase",
    body: api.PassphraseChange,
    answer: null,
  },
  vault: { method: "GET", path: "/api/vault", body: null, answer: api.VaultAnswer },
  writeVault: {
    method: "POST",
    path: "/api/vault",
    body: api.VaultWrite,
    answer: api.VaultWritten,
  },
  postRoster: {
    method: "POST",
    path: "/api/roster",
    body: api.RosterPost,
    answer: api.RosterPosted,
  },
  messagingKeys: {
    method: "GET",
    path: "/api/messaging-keys",
    body: null,
    answer: api.MessagingKeysAnswer,
  },
  publishMessagingKeys: {
    method: "POST",
    path: "/api/messaging-keys",
    body: api.MessagingKeysPost,
    answer: null,
  },
  destroyedMessagingKeys: {
    method: "POST",
    path: "/api/messaging-keys/destroyed",
    body: api.DestroyedKeys,
    answer: null,
  },
  closedPeriods: {
    method: "GET",
    path: "/api/messaging-keys/closed",
    body: null,
    answer: api.ClosedPeriods,
  },
  invite: { method: "POST", path: "/api/invites", body: api.InvitePost, answer: api.InvitePosted },
  invites: { method: "GET", path: "/api/invites", body: null, answer: api.Invites },
  withdrawInvite: { method: "DELETE", path: "/api/invites/:id", body: null, answer: null },
  openInvite: { method: "POST", path: "/api/invites/open", body: api.InviteOpen, answer: null },
  answerInvite: {
    method: "POST",
    path: "/api/invites/answer",
    body: api.InviteAnswer,
    answer: api.Me,
  },
  people: { method: "GET", path: "/api/people", body: null, answer: api.People },
  intake: { method: "GET", path: "/api/intake", body: null, answer: api.Intake },
  setIntake: { method: "POST", path: "/api/intake", body: api.IntakePost, answer: null },
  ...hashCostRoutes,
  ...keyTimelineRoutes,
  ...lettersRoutes,
  ...logRoutes,
  ...handoverRoutes,
  ...lastingKeysRoutes,
  ...auditRoutes,
  ...rotationRoutes,
  ...signinRoutes,
  ...wordShareRoutes,
} as const;

export type StaffRoutes = typeof staffRoutes;
export type StaffRouteName = keyof StaffRoutes;
