import { request } from "node:http";
import { performance } from "node:perf_hooks";
import { base64url, readerOf } from "../src/protocol/public/bytes.ts";
import { BLOCK_ROWS } from "../src/protocol/public/limits.ts";
import { type Figure, median } from "./figure.ts";
import { type BenchNewsroom, storeNewsroom } from "./support/newsroom.ts";
import { type Service, startService } from "./support/service.ts";
import { type Storing, storeConversations } from "./support/store-conversations.ts";

/** The server's time for one block of 256 must not grow with what is stored. */

type Got = { readonly status: number; readonly bytes: Buffer; readonly cookie: string };

const ask = (
  service: Service,
  path: string,
  sent: { readonly cookie?: string; readonly body?: object },
): Promise<Got> =>
  new Promise((resolve, reject) => {
    const body = sent.body === undefined ? undefined : JSON.stringify(sent.body);
    const headers = {
      host: new URL(service.newsroom).host,
      origin: service.newsroom,
      ...(sent.cookie !== undefined && { cookie: sent.cookie }),
      ...(body !== undefined && {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
      }),
    };
    const method = body === undefined ? "GET" : "POST";
    const place = { host: "127.0.0.1", port: service.newsroomPort, path, method, headers };
    const asked = request(place, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        const cookie = answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
        resolve({ status: answer.statusCode ?? 0, bytes: Buffer.concat(parts), cookie });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });

const logIn = async (service: Service, { login }: BenchNewsroom): Promise<string> => {
  const body = {
    userName: login.userName,
    authKey: base64url(login.authKey),
    totpCode: login.code(),
  };
  const { status, cookie } = await ask(service, "/api/login", { body });
  if (status !== 200) throw new Error(`log-in: ${status}`);
  return cookie;
};

const PER_RUN = 10;

/** Blocks from all over the store: the newest one is what everybody asks for, the rest what a first unlock reads. */
const timeBlocks = async (service: Service, cookie: string, stored: number): Promise<number> => {
  const times: number[] = [];
  for (let i = 0; i < PER_RUN; i++) {
    const above = BLOCK_ROWS + Math.floor(((stored - BLOCK_ROWS) * i) / (PER_RUN - 1));
    const before = i === 0 ? 0 : above + 1;
    const started = performance.now();
    const { status, bytes } = await ask(service, `/api/messages/block?before=${before}`, {
      cookie,
    });
    times.push(performance.now() - started);
    const rows = status === 200 ? readerOf(new Uint8Array(bytes)).u16() : 0;
    if (rows !== BLOCK_ROWS) throw new Error(`block before ${before}: ${status}, ${rows} rows`);
  }
  return median(times);
};

type Store = { readonly service: Service; readonly cookie: string; readonly messages: number };

/** A service with so many conversations and somebody logged in, its code compiled and its pages in memory. */
const openStore = async (storing: Storing): Promise<Store> => {
  const service = await startService();
  const newsroom = await storeNewsroom(service);
  const messages = await storeConversations(service, newsroom, storing);
  const cookie = await logIn(service, newsroom);
  for (let i = 0; i < WARM_UP; i++) await timeBlocks(service, cookie, messages);
  return { service, cookie, messages };
};

const FEW = 100;
const MANY = 10_000;
const WARM_UP = 5;

export const block: Figure = {
  name: "block",
  measure: async (bench) => {
    bench.say(`sealing ${FEW + MANY} conversations`);
    // Four messages each, or there would be no whole block.
    const few = await openStore({ age: "opened", conversations: FEW, messages: 4 });
    const many = await openStore({ age: "opened", conversations: MANY });
    try {
      // One after the other in each run, so that both meet the same weather.
      const pairs = await bench.repeat(async () => ({
        few: await timeBlocks(few.service, few.cookie, few.messages),
        many: await timeBlocks(many.service, many.cookie, many.messages),
      }));
      const fewTimes = pairs.map((pair) => pair.few);
      const manyTimes = pairs.map((pair) => pair.many);
      const shown = { unit: "ms", limit: null, scaled: false } as const;
      return [
        { ...shown, what: "one block of 256, 100 conversations stored", values: fewTimes },
        { ...shown, what: "one block of 256, 10,000 conversations stored", values: manyTimes },
        {
          what: "the second against the first",
          unit: "times",
          values: pairs.map((pair) => pair.many / pair.few),
          limit: 1.5,
          scaled: false,
        },
      ];
    } finally {
      await few.service.close();
      await many.service.close();
    }
  },
};
