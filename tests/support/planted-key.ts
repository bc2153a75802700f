import { join } from "node:path";
import { accountFunctions } from "../../src/browser/newsroom/worker/account.ts";
import { periodOf } from "../../src/protocol/public/time.ts";
import type { MessagingSeed } from "../../src/protocol/secret/crypto.ts";
import { signMessagingKey } from "../../src/protocol/secret/sign.ts";
import { bytes, openDatabase } from "../../src/server/database/database.ts";
import { createAppend } from "../../src/server/log/append.ts";
import { sumo } from "../vectors/backends.ts";
import type { Instance } from "./instance.ts";
import type { Member } from "./staff-steps.ts";
import { workerSession } from "./worker-client.ts";

/** What whoever holds both a member's identity and the server can do: a messaging key in their name, signed by it. */

type Signer = Pick<Member, "userName" | "passphrase" | "authenticator">;

const signedFor = async (instance: Instance, { userName, passphrase, authenticator }: Signer) => {
  const server = { newsroom: instance.newsroom.origin, world: { now: () => new Date() } };
  const session = workerSession(server, {}, { cookie: "" });
  const { logIn, logOut } = accountFunctions(session);
  await logIn({ userName, passphrase, factor: { totpCode: await authenticator.code() } });
  const { newsroomId, memberNumber, own, entry, today } = session.world();
  const statement = signMessagingKey(sumo, {
    newsroomId,
    memberNumber,
    generation: entry.generation,
    period: periodOf(today),
    identitySeed: own.identitySeed,
    seed: new Uint8Array(32).fill(5) as MessagingSeed,
  });
  await logOut({ everywhere: false });
  return { statement: bytes(statement), where: { memberNumber, period: periodOf(today) } };
};

/** Sources are shown it in place of the real one, and the key log holds it. */
export const plantKey = async (instance: Instance, member: Signer) => {
  const { statement, where } = await signedFor(instance, member);
  const address = { host: join(instance.dataDir, "sockets"), user: "sealdrop" };
  const { db, close } = openDatabase({ ...address, database: "sealdrop" }, 1);
  try {
    await db.$transaction(async (tx) => {
      await tx.messagingKey.updateMany({ where, data: { statement } });
      await tx.$executeRaw`UPDATE newsroom_version SET version = version + 1`;
      await createAppend({ crypto: sumo })(tx, [statement]);
    });
  } finally {
    await close();
  }
};
