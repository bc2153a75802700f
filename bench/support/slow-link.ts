import { connect, createServer, type Server, type Socket } from "node:net";
import { performance } from "node:perf_hooks";

/**
 * A line between browser and server in front of one port: round trip, rate both ways (shared by all connections), the
 * handshake's round trip and TCP's slow start. Also the place where bytes are counted; without a delay it only counts.
 */
export type Link = {
  /** Bytes from the server to the browser since `reset`, headers included. */
  readonly down: () => number;
  /** Requests since `reset`. */
  readonly requests: () => number;
  readonly reset: () => void;
  readonly close: () => Promise<void>;
};

export type LinkPlan = {
  readonly listen: number;
  readonly target: number;
  readonly roundTripMs: number;
  /** 0: as fast as it goes. */
  readonly bitsPerSecond: number;
};

const SEGMENT = 1_448;
/** RFC 6928. */
const FIRST_WINDOW = 10 * SEGMENT;

type Direction = { freeAt: number };

type Flying = { readonly piece: Buffer; readonly dueAt: number };

/** Delivers what it is given in order, late, and no faster than rate and window allow. */
const createPipe = (to: Socket, direction: Direction, plan: LinkPlan) => {
  const oneWayMs = plan.roundTripMs / 2;
  const waiting: Buffer[] = [];
  const flying: Flying[] = [];
  let flyingBytes = 0;
  let window = FIRST_WINDOW;
  let timer: NodeJS.Timeout | null = null;
  let ending = false;

  const acknowledge = (bytes: number): void => {
    flyingBytes -= bytes;
    window += bytes;
    pump();
  };

  const arrive = ({ piece }: Flying): void => {
    if (!to.destroyed) to.write(piece);
    setTimeout(() => acknowledge(piece.length), oneWayMs);
  };

  // One timer for the first in flight: a timer of its own for each could deliver them in another order.
  const land = (): void => {
    timer = null;
    for (let first = flying[0]; first !== undefined; first = flying[0]) {
      const early = first.dueAt - performance.now();
      if (early > 0) {
        timer = setTimeout(land, early);
        return;
      }
      flying.shift();
      arrive(first);
    }
    if (ending && waiting.length === 0) to.end();
  };

  const pump = (): void => {
    for (let piece = waiting[0]; piece !== undefined; piece = waiting[0]) {
      if (flyingBytes + piece.length > window) break;
      waiting.shift();
      const start = Math.max(performance.now(), direction.freeAt);
      direction.freeAt = start + (piece.length * 8_000) / plan.bitsPerSecond;
      flyingBytes += piece.length;
      flying.push({ piece, dueAt: direction.freeAt + oneWayMs });
    }
    if (timer === null && flying.length > 0) land();
  };

  return {
    push: (chunk: Buffer): void => {
      for (let at = 0; at < chunk.length; at += SEGMENT)
        waiting.push(chunk.subarray(at, at + SEGMENT));
      pump();
    },
    end: (): void => {
      ending = true;
      if (waiting.length === 0 && flying.length === 0) to.end();
    },
  };
};

const direct = (to: Socket) => ({
  push: (chunk: Buffer): void => {
    to.write(chunk);
  },
  end: (): void => {
    to.end();
  },
});

const REQUEST = /^(?:GET|POST|PUT|DELETE|HEAD) \S+ HTTP\/1\.1\r\n/;

export const openLink = async (plan: LinkPlan): Promise<Link> => {
  const up: Direction = { freeAt: 0 };
  const downWay: Direction = { freeAt: 0 };
  const sockets = new Set<Socket>();
  let down = 0;
  let requests = 0;
  const slow = plan.bitsPerSecond > 0;

  const server: Server = createServer((near) => {
    const far = connect(plan.target, "127.0.0.1");
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => {
        near.destroy();
        far.destroy();
      });
    }
    const toServer = slow ? createPipe(far, up, plan) : direct(far);
    const toBrowser = slow ? createPipe(near, downWay, plan) : direct(near);
    const opened = performance.now();
    near.on("data", (chunk: Buffer) => {
      if (REQUEST.test(chunk.toString("latin1", 0, 2_048))) requests += 1;
      // Nothing but the handshake travels in the first round trip.
      const wait = slow ? opened + plan.roundTripMs - performance.now() : 0;
      if (wait <= 0) toServer.push(chunk);
      else setTimeout(() => toServer.push(chunk), wait);
    });
    far.on("data", (chunk: Buffer) => {
      down += chunk.length;
      toBrowser.push(chunk);
    });
    near.on("end", () => toServer.end());
    far.on("end", () => toBrowser.end());
  });
  await new Promise<void>((ready) => server.listen(plan.listen, "127.0.0.1", ready));
  return {
    down: () => down,
    requests: () => requests,
    reset: () => {
      down = 0;
      requests = 0;
    },
    close: () =>
      new Promise((closed) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => closed());
      }),
  };
};
