import { CodeError, codeOf } from "../kit/code-error.ts";
import type { ScriptUrls } from "../kit/script-url.ts";
import { type Caller, createCaller } from "../kit/worker-rpc.ts";
import type { SourceCalls } from "./worker/api.ts";

/**
 * libsodium where there is WebAssembly, noble where there is none (Tor Browser's Safer). The test is
 * the object itself, never the browser's name. A page that knows WebAssembly while its worker does
 * not, gets the second worker; WebAssembly blocked by our own policy is our fault and is said.
 */
export type CryptoWorkers = {
  readonly caller: Caller<SourceCalls>;
  /** Ends when the crypto has passed its self-test; throws why it cannot be used. */
  readonly started: Promise<Caller<SourceCalls>>;
  /** Starts a second worker for sealing files, once, and only where there is no WebAssembly. */
  readonly help: () => void;
};

export type WorkerPaths = { readonly sodium: string; readonly noble: string };

export function startCryptoWorker(urls: ScriptUrls, paths: WorkerPaths): CryptoWorkers {
  const start = (path: string): Caller<SourceCalls> => createCaller<SourceCalls>(urls.worker(path));
  const hasWebAssembly = "WebAssembly" in globalThis;
  const caller = start(hasWebAssembly ? paths.sodium : paths.noble);
  let isPlain = !hasWebAssembly;
  const started = caller.call("start", null).then(
    () => caller,
    async (error: unknown) => {
      if (!hasWebAssembly || codeOf(error) !== "no-webassembly") throw error;
      caller.stop();
      const second = start(paths.noble);
      await second.call("start", null);
      isPlain = true;
      return second;
    },
  );
  return { caller, started, help: helpOnce(started, () => (isPlain ? start(paths.noble) : null)) };
}

type StartedCaller = Promise<Caller<SourceCalls>>;

function helpOnce(
  started: StartedCaller,
  startHelper: () => Caller<SourceCalls> | null,
): () => void {
  let asked = false;
  const connect = (caller: Caller<SourceCalls>): void => {
    const helper = startHelper();
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
