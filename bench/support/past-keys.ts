import type { MessagingSeed } from "../../src/protocol/secret/crypto.ts";
import { signMessagingKey } from "../../src/protocol/secret/sign.ts";
import { crypto } from "./crypto.ts";
import type { BenchNewsroom } from "./newsroom.ts";
import type { Service } from "./service.ts";

/** Three years. */
const WEEKS = 156;

/** Weekly keys of every journalist as they were published; the next start of the server logs what it finds, so it is started anew. */
export const storePastKeys = async (service: Service, newsroom: BenchNewsroom): Promise<void> => {
  await service.withDatabase(async (client) => {
    const { newsroomId, period } = newsroom;
    for (let week = 1; week < WEEKS; week++) {
      for (const { entry, identitySeed } of newsroom.journalists) {
        const place = { memberNumber: entry.memberNumber, generation: 0, period: period - week };
        const seed = crypto.random(32) as MessagingSeed;
        const statement = signMessagingKey(crypto, { newsroomId, ...place, identitySeed, seed });
        await client.query(
          "INSERT INTO messaging_key (member_number, generation, period, statement) VALUES ($1, 0, $2, $3)",
          [place.memberNumber, place.period, Buffer.from(statement)],
        );
      }
    }
  });
  await service.restart();
};
