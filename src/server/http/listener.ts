import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { AppName } from "../logs.ts";
import { headersOf } from "./headers.ts";

/** A part of 1 MiB may take minutes over Tor; headers may not. */
const REQUEST_MILLISECONDS = 600_000;
const HEADERS_MILLISECONDS = 60_000;
const KEEP_ALIVE_MILLISECONDS = 65_000;
/** Nothing came and nothing went for so long: an answer that nobody reads is not held for ever. */
const STALLED_MILLISECONDS = 300_000;
const MAX_CONNECTIONS = 2_000;
const MAX_HEADER_BYTES = 16_384;
/** How long a stop waits for requests that are being answered. */
const FINISH_MILLISECONDS = 10_000;

export type Listener = {
  readonly port: number;
  answer(handler: RequestListener): void;
  /** Answers what has been asked, takes nothing new. */
  stop(): Promise<void>;
};

/** What is not HTTP gets the same headers as everything else, and no reason. */
const refuseNonsense = (app: AppName): ((error: Error, socket: Socket) => void) => {
  const body = '{"error":"bad-request"}';
  const head = [
    "HTTP/1.1 400 Bad Request",
    ...Array.from(headersOf(app), ([name, value]) => `${name}: ${value}`),
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${body.length}`,
    "Connection: close",
  ];
  const answer = `${head.join("\r\n")}\r\n\r\n${body}`;
  return (_error, socket) => {
    if (socket.writable) socket.end(answer);
    else socket.destroy();
  };
};

/**
 * Which connections have asked something that is not answered yet. Node counts one that has never asked anything as busy: browsers
 * open such in advance, and a stop would wait for them.
 */
const followConnections = (server: Server) => {
  const unanswered = new Map<Socket, number>();
  let stopping = false;
  const count = (socket: Socket, change: number): void => {
    const left = (unanswered.get(socket) ?? 0) + change;
    unanswered.set(socket, left);
    if (stopping && left === 0) socket.destroySoon();
  };
  server.on("connection", (socket) => {
    unanswered.set(socket, 0);
    socket.once("close", () => unanswered.delete(socket));
  });
  const follow: RequestListener = ({ socket }, response) => {
    count(socket, 1);
    response.once("close", () => {
      if (unanswered.has(socket)) count(socket, -1);
    });
  };
  server.on("request", follow);
  server.on("checkExpectation", follow);
  return {
    closeQuiet: (): void => {
      stopping = true;
      for (const [socket, left] of unanswered) if (left === 0) socket.destroySoon();
    },
  };
};

const closed = (server: Server, closeQuiet: () => void): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    closeQuiet();
    setTimeout(() => server.closeAllConnections(), FINISH_MILLISECONDS).unref();
  });

export type ListenerPlace = { readonly app: AppName; readonly host: string; readonly port: number };

type Asked = Parameters<RequestListener>;

/** What comes before there is an app waits for it: unheard, it would hang until the stall is noticed. */
const holdUntilReady = (server: Server): ((handler: RequestListener) => void) => {
  const early: Asked[] = [];
  let handler: RequestListener | null = null;
  const take = (...asked: Asked): void => {
    if (handler === null) early.push(asked);
    else handler(...asked);
  };
  server.on("request", take);
  server.on("checkExpectation", take);
  return (ready) => {
    handler = ready;
    for (const asked of early.splice(0)) ready(...asked);
  };
};

/** Listens first and answers later, so that an app may know the port it has got. Rejects when the port is taken. */
export const openListener = async ({ app, host, port }: ListenerPlace): Promise<Listener> => {
  const server = createServer({
    requestTimeout: REQUEST_MILLISECONDS,
    headersTimeout: HEADERS_MILLISECONDS,
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    maxHeaderSize: MAX_HEADER_BYTES,
    // Ours refuses it with every header; Node's own answer has none, and the time to the second.
    requireHostHeader: false,
  });
  server.setTimeout(STALLED_MILLISECONDS);
  server.maxConnections = MAX_CONNECTIONS;
  server.on("clientError", refuseNonsense(app));
  const { closeQuiet } = followConnections(server);
  const answer = holdUntilReady(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    answer,
    stop: () => closed(server, closeQuiet),
  };
};
