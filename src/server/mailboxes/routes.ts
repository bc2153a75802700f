import type { Router } from "express";
import { readerOf } from "../../protocol/public/bytes.ts";
import type { MailboxId, PublicCrypto } from "../../protocol/public/crypto.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { CHALLENGE_SECONDS } from "../../protocol/public/limits.ts";
import {
  ANSWER_BYTES,
  type ChallengeAnswer,
  checkAnswer,
  encodeChallenge,
  type LoginCheck,
  makeChallenge,
  parseAnswer,
} from "../../protocol/public/mailbox.ts";
import { countOfDay } from "../database/day-counts.ts";
import { deleteMailbox } from "../database/delete-mailbox.ts";
import { afterGivingWay } from "../database/give-way.ts";
import { createNewsroomId } from "../database/newsroom-id.ts";
import { sendBytes, sendNothing } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import { MAX_INT, readBytes } from "../http/input.ts";
import { createMailboxTokens, secondsOf } from "../http/mailbox-token.ts";
import { sendPieces } from "../http/pieces.ts";
import { dayOf, type World } from "../http/world.ts";
import { readMailbox } from "./store.ts";

const findProven = (
  crypto: PublicCrypto,
  answer: ChallengeAnswer,
  check: LoginCheck,
): MailboxId | null => {
  try {
    return checkAnswer(crypto, answer, check);
  } catch (error) {
    if (error instanceof SealdropError && error.code === "wrong-answer") return null;
    throw error;
  }
};

/** A source's way into its mailbox. An unknown one is answered by the same work and the same bytes as an empty one. */
export const createMailboxRoutes = (world: World): Router => {
  const { crypto, pool, db, secrets, now } = world;
  const router = createRouter();
  const tokens = createMailboxTokens(secrets, now);
  const newsroomId = createNewsroomId(db, crypto);
  const secret = secrets.key("mailbox-challenge");
  const acceptedSecrets = secrets.keys("mailbox-challenge");

  /** A challenge may be of another replica, or of this one before its secret changed. Throws wrong-answer. */
  const prove = async (answer: ChallengeAnswer): Promise<MailboxId> => {
    const check = { newsroomId: await newsroomId(), now: secondsOf(now()) };
    for (const accepted of acceptedSecrets) {
      const mailboxId = findProven(crypto, answer, { ...check, secret: accepted });
      if (mailboxId !== null) return mailboxId;
    }
    throw new SealdropError("wrong-answer");
  };

  router.post("/api/mailbox/challenge", async (_request, response) => {
    await newsroomId();
    const challenge = makeChallenge(crypto, secret, secondsOf(now()) + CHALLENGE_SECONDS);
    sendBytes(response, encodeChallenge(challenge));
  });

  router.post("/api/mailbox/token", async (request, response) => {
    const answer = parseAnswer(await readBytes(request, ANSWER_BYTES));
    sendBytes(response, tokens.issue(await prove(answer)));
  });

  router.post("/api/mailbox/read", async (request, response) => {
    const mailboxId = tokens.mailboxOf(request);
    const reader = readerOf(await readBytes(request, 4));
    const after = Math.min(reader.u32(), MAX_INT);
    const { length, pieces } = await readMailbox(pool, mailboxId, after);
    await sendPieces(response, length, pieces);
  });

  router.post("/api/mailbox/delete", async (request, response) => {
    const mailboxId = tokens.mailboxOf(request);
    await afterGivingWay(() =>
      db.$transaction(async (tx) => {
        const count = await deleteMailbox(tx, mailboxId);
        await countOfDay(tx, dayOf(now()), { what: "deleted-by-sources", count });
      }),
    );
    sendNothing(response);
  });

  return router;
};
