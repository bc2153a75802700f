import { pbkdf2Sync } from "node:crypto";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { performance } from "node:perf_hooks";

/** Fixed work that has nothing to do with the product: how fast is this machine just now? */
export type Calibration = { readonly cpuMs: number; readonly loopbackMs: number };

const timed = async (work: () => Promise<void> | void): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

/** Native hashing and a loop that the compiler cannot drop. */
const cpuWork = (): void => {
  pbkdf2Sync("calibration", "salt", 60_000, 32, "sha256");
  let state = 2_463_534_242;
  for (let i = 0; i < 12_000_000; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  if (state === 0) throw new Error("xorshift never reaches zero");
};

const SMALL = Buffer.alloc(16_384, 1);
const LARGE = Buffer.alloc(1_048_576, 1);

const ask = (port: number, body: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, method: "POST" }, (answer) => {
      answer.on("data", () => undefined);
      answer.on("end", resolve);
    });
    asked.on("error", reject);
    asked.end(body);
  });

const loopbackWork = async (port: number): Promise<void> => {
  for (let i = 0; i < 60; i++) await ask(port, SMALL);
  for (let i = 0; i < 12; i++) await ask(port, LARGE);
};

export type Calibrator = {
  readonly measure: () => Promise<Calibration>;
  readonly close: () => void;
};

export const openCalibrator = async (): Promise<Calibrator> => {
  const server = createServer((incoming, outgoing) => {
    incoming.pipe(outgoing);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  // The second pass counts: the first one finds everything as the last figure left it.
  const twice = async (work: () => Promise<void> | void): Promise<number> => {
    await timed(work);
    return timed(work);
  };
  const measure = async (): Promise<Calibration> => ({
    cpuMs: await twice(cpuWork),
    loopbackMs: await twice(() => loopbackWork(port)),
  });
  await measure();
  return {
    measure,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
