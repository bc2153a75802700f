import type { RequestHandler, Router } from "express";
import { newestEra } from "../protocol/public/newsroom-keys.ts";
import { createArchiveRoutes } from "./archive/routes.ts";
import type { FindSlowed } from "./audit/day-lines.ts";
import type { AppendLeaves } from "./database/append-leaves.ts";
import type { Transaction } from "./database/database.ts";
import type { SealedColumn } from "./database/sealed-column.ts";
import { createFactors, type Factors } from "./factors/factors.ts";
import { createFactorRoutes } from "./factors/routes.ts";
import { createHandoverRoutes } from "./handover/routes.ts";
import type { Audit } from "./http/audit.ts";
import type { Guards } from "./http/guards.ts";
import { ownOriginWrites } from "./http/own-origin.ts";
import type { World } from "./http/world.ts";
import { createIntakeRoutes } from "./intake/routes.ts";
import { createInvites, type Invites } from "./invites/invites.ts";
import { createInviteRoutes } from "./invites/routes.ts";
import { createLetterRoutes } from "./letters/routes.ts";
import { createKeyLog } from "./log/log.ts";
import { logKeyColumn } from "./log/log-key.ts";
import { createLogRoutes, createSeenRoutes } from "./log/routes.ts";
import { createBundle } from "./roster/bundle.ts";
import { createFirstNewsroom } from "./roster/first.ts";
import { createKeyChangeRoutes } from "./roster/key-change-routes.ts";
import { createKeyChanges, type KeyChanges } from "./roster/key-changes.ts";
import { createMessagingKeys, type MessagingKeys } from "./roster/messaging-keys.ts";
import { getNewestRoster, getNewsroomKeys } from "./roster/newsroom.ts";
import { createPostRoster } from "./roster/post.ts";
import { createRotateNewsroom } from "./roster/rotate.ts";
import { createBundleRoute, createRosterRoutes } from "./roster/routes.ts";
import { createTimelineRoute } from "./roster/timeline.ts";
import { createSecretChange, type SecretChange } from "./secret-change/secret-change.ts";
import { createSetupRoutes } from "./setup/routes.ts";
import { createSetupTokens, type SetupTokens } from "./setup/setup-token.ts";
import { type Accounts, createAccounts } from "./staff/accounts.ts";
import { createGuards, type StaffGuards } from "./staff/guards.ts";
import { createHashCostRoute } from "./staff/hash-cost.ts";
import { createHashing, decoyHash, type Hashing, renewHashes } from "./staff/hashing.ts";
import { createLogin, type Login } from "./staff/login.ts";
import { createPassphraseChange } from "./staff/passphrase.ts";
import { createPeopleRoutes } from "./staff/people.ts";
import { createRoles, type Roles } from "./staff/roles.ts";
import {
  createAnswer,
  createEnter,
  createStaffRoutes,
  type Enter,
  goesOn,
} from "./staff/routes.ts";
import { createSessionRoutes } from "./staff/session-routes.ts";
import { createSessions, type Sessions } from "./staff/sessions.ts";
import { findSlowed } from "./staff/slowed.ts";
import { totpColumn } from "./staff/totp-column.ts";
import { createTryDelay, type TryDelay } from "./staff/try-delay.ts";
import { createVaults } from "./staff/vaults.ts";
import { createRequests } from "./word-shares/requests.ts";
import { createWordShareRoutes } from "./word-shares/routes.ts";
import { createSets } from "./word-shares/sets.ts";

/** The rooms of the newsroom's people, put together. Rooms do not know each other: what one needs of another is handed over here. */
export type StaffSide = {
  /** The newsroom bundle and the key log, for both listeners. */
  readonly publicRoutes: readonly Router[];
  /** For the newsroom's listener, before every other router that writes. */
  readonly routers: readonly (Router | RequestHandler)[];
  readonly guards: Guards;
  readonly setupTokens: SetupTokens;
  readonly secretChange: SecretChange;
  /** To be awaited before anybody is answered: statements of an older version get their places in the log. */
  prepare(): Promise<void>;
  readonly appendLeaves: AppendLeaves;
  /** For the audit trail's lines of a whole day. */
  readonly findSlowed: FindSlowed;
  /** Drops what has run out: sessions, invites, delays. For a timetable. */
  tidy(): Promise<void>;
};

/** All that is sealed by the server's own secret. */
const SEALED_COLUMNS: readonly SealedColumn[] = [totpColumn, logKeyColumn];

type AuditedWorld = World & { readonly audit: Audit };

type Parts = AuditedWorld & {
  readonly hashing: Hashing;
  readonly delay: TryDelay;
  readonly sessions: Sessions;
  readonly guards: StaffGuards;
  readonly accounts: Accounts;
  readonly keys: MessagingKeys;
  readonly keyChanges: KeyChanges;
  readonly invites: Invites;
  readonly roles: Roles;
  readonly enter: Enter;
  readonly append: AppendLeaves;
  readonly login: Login;
  readonly factors: Factors;
};

const makeParts = (world: AuditedWorld & { readonly append: AppendLeaves }): Parts => {
  const hashing = createHashing(world.argon2, renewHashes(world.db));
  const delay = createTryDelay(world);
  const sessions = createSessions(world);
  const accounts = createAccounts({ ...world, hashing });
  const invites = createInvites({ ...world, approveAccount: accounts.approve });
  const keys = createMessagingKeys(world);
  const keyChanges = createKeyChanges(world);
  const enter = createEnter(world, sessions);
  const guards = createGuards(sessions);
  const login = createLogin({ ...world, hashing, delay });
  const decoy = decoyHash(world.secrets.random);
  const factors = createFactors({ ...world, factorHashing: { ...hashing, decoy } });
  const roles = createRoles(world);
  const people = { sessions, guards, accounts, invites, roles, enter, login, factors };
  return { ...world, ...people, hashing, delay, keys, keyChanges };
};

const setupRoutes = (parts: Parts, tokens: SetupTokens): Router => {
  const { accounts, audit, db, enter, config } = parts;
  const first = createFirstNewsroom(parts);
  return createSetupRoutes({
    db,
    tokens,
    enter,
    sourceOrigins: config.sourceOrigins,
    prepare: async (setup) => {
      const start = first.check(setup);
      const prepared = await accounts.prepare(setup.account);
      return async (tx: Transaction) => {
        await first.store(tx, start);
        const { memberNumber } = start;
        const { vault } = setup;
        const id = await accounts.create(tx, { prepared, vault, role: "admin", memberNumber });
        await audit.append(tx, { kind: "set-up", actor: memberNumber });
        return id;
      };
    },
  });
};

const inviteRoutes = (parts: Parts): Router => {
  const { accounts, db, enter, guards, invites } = parts;
  return createInviteRoutes({
    db,
    enter,
    guards,
    invites,
    prepare: async ({ account, vault }) => {
      const prepared = await accounts.prepare(account);
      return (tx: Transaction) =>
        accounts.create(tx, { prepared, vault, role: "journalist", memberNumber: null });
    },
  });
};

const staffRoutes = (parts: Parts): Router =>
  createStaffRoutes(parts, {
    guards: parts.guards,
    sessions: parts.sessions,
    enter: parts.enter,
    login: parts.login,
    vaults: createVaults(parts.db),
    factorOf: parts.factors.of,
    changePassphrase: createPassphraseChange({
      ...parts,
      dropDoors: parts.factors.passkeys.dropDoors,
    }),
  });

const factorRoutes = ({ guards, factors, login, enter }: Parts): Router => {
  const answer = createAnswer(enter);
  return createFactorRoutes({
    guards,
    factors,
    doors: {
      confirmed: async (response, { accountId }, authKey) =>
        goesOn(response, await login.confirm(accountId, "passphrase", authKey)),
      enterByLink: async (response, attempt) =>
        answer(response, await login.enter({ ...attempt, door: "passphrase" })),
    },
  });
};

const rosterRoutes = (parts: Parts): Router => {
  const { accounts, db, guards, invites, keyChanges, keys, roles } = parts;
  const people = { people: accounts, approve: invites.approve, takeKeys: keyChanges.take };
  const { isAdmin } = roles;
  const postRoster = createPostRoster({ ...parts, ...people, isAdmin });
  const rotateNewsroom = createRotateNewsroom({ ...parts, isAdmin });
  return createRosterRoutes({ db, guards, keys, postRoster, rotateNewsroom });
};

export const createStaffSide = (world: AuditedWorld): StaffSide => {
  const bundle = createBundle(world);
  const keyLog = createKeyLog({
    ...world,
    bundle: bundle.get,
    newestRoster: (tx) => getNewestRoster(tx, world.crypto),
    newsroomKey: async (tx) => {
      const keys = await getNewsroomKeys(tx, world.crypto);
      return { newsroomId: keys.newsroomId, key: newestEra(keys).key };
    },
  });
  const parts = makeParts({ ...world, append: keyLog.append });
  const { db, guards } = parts;
  const setupTokens = createSetupTokens(world);
  const requests = createRequests(parts);
  return {
    publicRoutes: [createBundleRoute(bundle), createLogRoutes(world, keyLog)],
    routers: [
      ownOriginWrites(world.config.newsroomOrigins),
      setupRoutes(parts, setupTokens),
      staffRoutes(parts),
      createHashCostRoute(parts),
      factorRoutes(parts),
      createSessionRoutes(parts),
      createPeopleRoutes(db, guards, parts.roles),
      inviteRoutes(parts),
      rosterRoutes(parts),
      createTimelineRoute(parts),
      createKeyChangeRoutes(parts.keyChanges, guards),
      createArchiveRoutes(parts, guards),
      createIntakeRoutes(world, guards),
      createLetterRoutes(world, guards),
      createSeenRoutes(keyLog, guards),
      createHandoverRoutes(parts, guards),
      createWordShareRoutes({
        guards,
        requests,
        sets: createSets(parts),
        begin: (userName) => parts.delay.begin(`recovery ${userName}`),
      }),
    ],
    guards,
    setupTokens,
    secretChange: createSecretChange({
      ...world,
      columns: SEALED_COLUMNS,
      countSessions: parts.sessions.countUnder,
    }),
    prepare: keyLog.catchUp,
    appendLeaves: keyLog.append,
    findSlowed: (tx, fromDay) => findSlowed(tx, parts.delay, fromDay),
    tidy: async () => {
      await parts.sessions.tidy();
      await parts.delay.tidy();
      await parts.invites.tidy();
      await parts.factors.tidy();
      await requests.tidy();
    },
  };
};
