import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { base64url } from "../src/protocol/public/bytes.ts";
import type { UploadId } from "../src/protocol/public/crypto.ts";
import { CHUNK, MAX_PART } from "../src/protocol/public/limits.ts";
import { encodeAnswer, parseChallenge } from "../src/protocol/public/mailbox.ts";
import { sealChunk } from "../src/protocol/secret/chunk.ts";
import { sourceKeys } from "../src/protocol/secret/codename.ts";
import type { FileKey } from "../src/protocol/secret/crypto.ts";
import { answerChallenge } from "../src/protocol/secret/mailbox-login.ts";
import type { Figure } from "./figure.ts";
import { crypto } from "./support/crypto.ts";
import { type BenchNewsroom, storeNewsroom } from "./support/newsroom.ts";
import { postgresBytes, residentBytes, type Service, startService } from "./support/service.ts";

/** How much the server's process grows while files arrive. PostgreSQL is counted apart. */

const MIB = 1_048_576;
const WARM_UP_PARTS = 64;
const PARTS = 1_024;
/** As the source's page does it. */
const AT_ONCE = 4;

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

type Sent = {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
};

const ask = (service: Service, path: string, { method, headers, body }: Sent): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const type = { "content-type": "application/octet-stream" };
    const length = { "content-length": String(body?.length ?? 0) };
    const place = { host: "127.0.0.1", port: service.sourcePort, path, method, agent };
    const asked = request(
      { ...place, headers: { ...(body !== undefined && type), ...length, ...headers } },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("error", reject);
        answer.on("end", () => {
          const status = answer.statusCode ?? 0;
          if (status < 300) resolve(Buffer.concat(parts));
          else reject(new Error(`${method} ${path}: ${status}`));
        });
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });

const enter = async (service: Service, { newsroomId }: BenchNewsroom) => {
  const source = sourceKeys(crypto, newsroomId, crypto.random(16));
  const challenge = await ask(service, "/api/mailbox/challenge", { method: "POST" });
  const answer = answerChallenge(crypto, parseChallenge(new Uint8Array(challenge)), {
    newsroomId,
    source,
  });
  const token = await ask(service, "/api/mailbox/token", {
    method: "POST",
    body: encodeAnswer(answer),
  });
  return { authorization: `Bearer ${base64url(new Uint8Array(token))}` };
};

type Headers = Readonly<Record<string, string>>;

const upload = async (service: Service, headers: Headers, parts: number): Promise<void> => {
  const uploadId = crypto.random(16) as UploadId;
  const file = { key: crypto.random(32) as FileKey, uploadId, length: parts * CHUNK };
  const part = sealChunk(crypto, file, { index: 0, bytes: crypto.random(CHUNK) });
  if (part.length !== MAX_PART) throw new Error(`a part of ${part.length} bytes`);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < parts; index = next++) {
      await ask(service, `/api/uploads/${base64url(uploadId)}/${index}`, {
        method: "PUT",
        headers: { ...headers, "x-part-count": String(parts) },
        body: part,
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
};

/** The kernel's own high-water mark, set to what is resident now. */
const resetPeak = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, "5");

const peakBytes = (pid: number): number => {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
};

const childrenOf = (pid: number): readonly number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => {
      try {
        const stat = readFileSync(`/proc/${each}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === pid;
      } catch {
        return false;
      }
    });

const postgresPids = (pid: number): readonly number[] =>
  childrenOf(pid).flatMap((postmaster) => [postmaster, ...childrenOf(postmaster)]);

type Reading = { readonly growth: number; readonly warm: number; readonly postgres: number };

const once = async (service: Service, newsroom: BenchNewsroom): Promise<Reading> => {
  await service.withDatabase((client) => client.query("TRUNCATE upload CASCADE"));
  await service.restart();
  const headers = await enter(service, newsroom);
  await upload(service, headers, WARM_UP_PARTS);
  const pid = service.pid();
  const warm = residentBytes(pid);
  resetPeak(pid);
  await upload(service, headers, PARTS);
  const growth = (peakBytes(pid) - warm) / MIB;
  return { growth, warm: warm / MIB, postgres: postgresBytes(postgresPids(pid)) / MIB };
};

export const memory: Figure = {
  name: "memory",
  measure: async (bench) => {
    const service = await startService();
    try {
      const newsroom = await storeNewsroom(service);
      const readings = await bench.repeat(async (run) => {
        const reading = await once(service, newsroom);
        bench.say(`run ${run + 1}: +${reading.growth.toFixed(0)} MiB`);
        return reading;
      });
      const shown = { unit: "MiB", limit: null, scaled: false } as const;
      return [
        {
          what: "server memory growth while 1 GiB arrives",
          unit: "MiB",
          values: readings.map((reading) => reading.growth),
          limit: 64,
          scaled: false,
        },
        {
          ...shown,
          what: "server memory after a warm-up of 64 MiB",
          values: readings.map((reading) => reading.warm),
        },
        {
          ...shown,
          what: "PostgreSQL's processes together, after it",
          values: readings.map((reading) => reading.postgres),
        },
      ];
    } finally {
      agent.destroy();
      await service.close();
    }
  },
};
