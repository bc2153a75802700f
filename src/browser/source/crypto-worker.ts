import { CodeError, codeOf } from "../kit/code-error.ts";
import type { OnWait } from "../kit/http.ts";
import type { ScriptUrls } from "../kit/script-url.ts";
import { type Caller, createCaller } from "../kit/worker-rpc.ts";
import type { SourceCalls } from "./worker/api.ts";

/**
 * libsodium where there is WebAssembly, noble where there is none (Tor Browser's Safer). The test is
 * the object itself, never the browser's name. A page that knows WebAssembly while its worker does
 * not, gets the second worker; WebAssembly blocked by our own policy is our fault and is said.
 */
export type CryptoWorkers = {
  /** Ends when the crypto has passed its self-test; throws why it cannot be used. */
  readonly started: Promise<Caller<SourceCalls>>;
  /** Starts a second worker for sealing files, once, and only where there is no WebAssembly. */
  readonly help: () => void;
};

export type WorkerWorld = {
  readonly urls: ScriptUrls;
  readonly sodium: string;
  readonly noble: string;
  readonly onWait: OnWait;
};

/** A worker's script may be lost on the way like any other answer: it is asked for again. */
const pauses = [1, 2, 5, 10] as const;

const pause = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function startWorker(world: WorkerWorld, path: string): Promise<Caller<SourceCalls>> {
  for (const [tries, seconds] of [...pauses, null].entries()) {
    const caller = createCaller<SourceCalls>(world.urls.worker(path));
    try {
      await caller.call("start", null);
      if (tries > 0) world.onWait(0);
      return caller;
    } catch (error) {
      caller.stop();
      if (codeOf(error) !== "worker-failed" || seconds === null) throw error;
      world.onWait(seconds);
      await pause(seconds);
    }
  }
  throw new CodeError("worker-failed");
}

export function startCryptoWorker(world: WorkerWorld): CryptoWorkers {
  let isPlain = !("WebAssembly" in globalThis);
  const startPlain = (): Promise<Caller<SourceCalls>> => {
    isPlain = true;
    return startWorker(world, world.noble);
  };
  const started = isPlain
    ? startPlain()
    : startWorker(world, world.sodium).catch((error: unknown) => {
        if (codeOf(error) !== "no-webassembly") throw error;
        return startPlain();
      });
  return { started, help: helpOnce(started, async () => (isPlain ? await startPlain() : null)) };
}

type StartedCaller = Promise<Caller<SourceCalls>>;

function helpOnce(
  started: StartedCaller,
  startHelper: () => Promise<Caller<SourceCalls> | null>,
): () => void {
  let asked = false;
  const connect = async (caller: Caller<SourceCalls>): Promise<void> => {
    const helper = await startHelper();
    if (helper === null) return;
    const { port1, port2 } = new MessageChannel();
    caller.call("takeHelp", port1, { transfer: [port1] }).catch(() => undefined);
    helper.call("help", port2, { transfer: [port2] }).catch(() => helper.stop());
  };
  return () => {
    if (asked) return;
    asked = true;
    started.then(connect).catch(() => undefined);
  };
}

/** A caller that exists before its worker is known to work. */
export function callerOf(started: Promise<Caller<SourceCalls>>): Caller<SourceCalls> {
  let stopped = false;
  return {
    call: (name, input, options) =>
      stopped
        ? Promise.reject(new CodeError("stopped"))
        : started.then((caller) => caller.call(name, input, options)),
    onEvent: (listener) => {
      void started.then(
        (caller) => caller.onEvent(listener),
        () => undefined,
      );
    },
    stop: () => {
      stopped = true;
      void started.then(
        (caller) => caller.stop(),
        () => undefined,
      );
    },
  };
}
