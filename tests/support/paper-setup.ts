import { randomBytes } from "node:crypto";
import * as z from "zod/mini";
import { Setup } from "../../src/protocol/public/staff-api.ts";
import type { MessagingSeed } from "../../src/protocol/secret/crypto.ts";
import { signMessagingKey } from "../../src/protocol/secret/sign.ts";
import { honestStage, realCrypto, type Stage } from "./hostile-bundles.ts";
import { type Instance, type InstanceOptions, startInstance } from "./instance.ts";
import { PLAIN_SETTINGS } from "./paper-newsroom.ts";
import { createAuthenticator, toBase32 } from "./totp.ts";

/** A service whose newsroom was made on paper and set up over HTTP: no newsroom page is needed to get there. */
export type PaperSetup = {
  readonly instance: Instance;
  readonly stage: Stage;
  /** Where *leave quickly* leads: another origin, which the tests can see. */
  readonly neutral: string;
  /** The source's page, by a link that names the newsroom's key. */
  readonly link: string;
  /** The admin's session, as the newsroom's listener set it. */
  readonly cookie: string;
};

const bytes = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

const account = async () => {
  const totpSecret = bytes(20);
  const authenticator = createAuthenticator(toBase32(totpSecret));
  return {
    userName: "anna",
    salt: bytes(16),
    memoryKiB: 65_536,
    passes: 3,
    authKey: bytes(32),
    recoveryAuthKey: bytes(32),
    totpSecret,
    totpCode: await authenticator.code(),
  };
};

const vault = () => ({
  wrappedKey: bytes(72),
  recoveryWrappedKey: bytes(72),
  list: bytes(64),
  records: [],
});

/** For the period after this one too, as a member publishes ahead: a run may go on past midnight. */
const keysAhead = ({ crypto, newsroom, honest }: Stage): readonly Uint8Array[] => {
  const next = newsroom.journalists.map(({ entry, identitySeed }) =>
    signMessagingKey(crypto, {
      newsroomId: newsroom.newsroomId,
      memberNumber: entry.memberNumber,
      generation: entry.generation,
      period: newsroom.period + 1,
      identitySeed,
      seed: crypto.random(32) as MessagingSeed,
    }),
  );
  return [...honest.messagingKeys, ...next];
};

const setupToken = (link: string): Uint8Array =>
  new Uint8Array(Buffer.from(link.split("#setup=")[1] ?? "", "base64url"));

export const setUpOnPaper = async (options: InstanceOptions = {}): Promise<PaperSetup> => {
  const instance = await startInstance(options);
  const neutral = `${instance.newsroom.origin}/healthz`;
  const settings = {
    ...PLAIN_SETTINGS,
    leavingPage: neutral,
    sourceOrigins: [instance.source.origin],
  };
  const stage = honestStage(await realCrypto(), Date.now(), {
    settings,
    names: ["Anna Example"],
  });
  const setup = z.encode(Setup, {
    setupToken: setupToken(instance.setupLink()),
    created: stage.newsroom.created,
    roster: stage.honest.roster,
    settings: stage.honest.settings,
    messagingKeys: [...keysAhead(stage)],
    account: await account(),
    vault: vault(),
  });
  const answer = await fetch(`${instance.newsroom.origin}/api/setup`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: instance.newsroom.origin },
    body: JSON.stringify(setup),
  });
  if (!answer.ok) throw new Error(`set-up: ${answer.status} ${await answer.text()}`);
  const fragment = Buffer.from(stage.newsroom.key).toString("base64url");
  return {
    instance,
    stage,
    neutral,
    link: `${instance.source.origin}/#${fragment}`,
    cookie: answer.headers.getSetCookie()[0]?.split(";")[0] ?? "",
  };
};
