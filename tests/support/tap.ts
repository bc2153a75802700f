import {
  type ClientRequest,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

/** A request as it arrived at the server's address, and what went back to the browser. */
export type Exchange = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  answer?: Answer;
};

export type TapHooks = {
  /** Runs while the server has the first half of the body and waits for the rest. */
  readonly during?: (exchange: Exchange) => Promise<void> | void;
  /** Runs when the server has answered and the browser has heard nothing yet. */
  readonly answered?: (exchange: Exchange) => Promise<void> | void;
  /** What a hostile server says instead; null lets the real answer through. */
  readonly alter?: (exchange: Exchange, answer: Answer) => Answer | null;
  /** What a broken line does: the server stored it, the browser never hears. */
  readonly cut?: (exchange: Exchange) => boolean;
};

/** The address from which the server sees every visitor come: found anywhere, it was kept. */
export const visitorAddress = "127.77.66.55";

export type Tap = {
  readonly origin: string;
  readonly exchanges: readonly Exchange[];
  /** Where to pass requests on; the server may be started after its own address is known. */
  readonly aim: (port: number) => void;
  readonly hook: (hooks: TapHooks) => void;
  readonly close: () => Promise<void>;
};

const readAll = async (stream: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

const perHop = new Set(["connection", "keep-alive", "transfer-encoding", "content-length"]);

const withoutHop = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !perHop.has(name)));

/** Sends half of the body, lets it arrive and be taken in, and then asks. */
const holdHalfway = async (
  passed: ClientRequest,
  exchange: Exchange,
  during: TapHooks["during"],
): Promise<void> => {
  const { body } = exchange;
  const half = body.length >> 1;
  if (during !== undefined && half > 0) {
    await new Promise<void>((sent) => passed.write(body.subarray(0, half), () => sent()));
    await sleep(150);
    await during(exchange);
    passed.end(body.subarray(half));
  } else passed.end(body);
};

const forward = (port: number, exchange: Exchange, during: TapHooks["during"]): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method, path, body } = exchange;
    const headers = { ...withoutHop(exchange.headers), "content-length": String(body.length) };
    const passed = request(
      { host: "127.0.0.1", localAddress: visitorAddress, port, method, path, headers },
      (incoming) => {
        readAll(incoming).then(
          (answer) =>
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              body: answer,
            }),
          reject,
        );
      },
    );
    passed.on("error", reject);
    holdHalfway(passed, exchange, during).catch(reject);
  });

/**
 * Stands at an address of the service, passes everything on, and keeps what it saw. With hooks it holds
 * requests, cuts lines, or says what a hostile server would.
 */
export const openTap = async (host: "127.0.0.1" | "localhost" = "127.0.0.1"): Promise<Tap> => {
  const exchanges: Exchange[] = [];
  let target = 0;
  let hooks: TapHooks = {};

  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const exchange: Exchange = {
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      headers: incoming.headers,
      rawHeaders: incoming.rawHeaders,
      body: await readAll(incoming),
    };
    exchanges.push(exchange);
    const real = await forward(target, exchange, hooks.during);
    exchange.answer = real;
    await hooks.answered?.(exchange);
    if (hooks.cut?.(exchange)) {
      outgoing.destroy();
      return;
    }
    const answer = hooks.alter?.(exchange, real) ?? real;
    outgoing.writeHead(answer.status, {
      ...withoutHop(answer.headers),
      ...(answer.status === 204 || answer.status === 304
        ? {}
        : { "content-length": String(answer.body.length) }),
    });
    outgoing.end(answer.body);
  };

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://${host}:${port}`,
    exchanges,
    aim: (to) => {
      target = to;
    },
    hook: (wanted) => {
      hooks = wanted;
    },
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
};

/** Keeps the answers to such requests back until what it gives is called. */
export const holdAnswers = (
  tap: Pick<Tap, "hook">,
  isHeld: (exchange: Exchange) => boolean,
): (() => void) => {
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  tap.hook({
    answered: async (exchange) => {
      if (isHeld(exchange)) await held;
    },
  });
  return () => {
    letGo();
    tap.hook({});
  };
};
