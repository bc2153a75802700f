import { CodeError, codeOf } from "./code-error.ts";

/**
 * Calls to a worker, typed by one shape both sides name:
 * `type Api = { open: (input: OpenInput) => OpenOutput; … }`. Values are structured clones.
 */
export type Calls = Record<string, (input: never, context: CallContext) => unknown>;
export type InputOf<A extends Calls, K extends keyof A> = Parameters<A[K]>[0];
export type OutputOf<A extends Calls, K extends keyof A> = Awaited<ReturnType<A[K]>>;

type Question = { readonly id: number; readonly name: string; readonly input: unknown };
type Answer =
  | { readonly id: number; readonly kind: "done"; readonly output: unknown }
  | { readonly id: number; readonly kind: "progress"; readonly progress: unknown }
  | { readonly id: 0; readonly kind: "event"; readonly event: unknown }
  | {
      readonly id: number;
      readonly kind: "failed";
      readonly code: string;
      readonly details: CodeError["details"];
    };

export type CallOptions = {
  /** Buffers that move to the worker instead of being copied. */
  readonly transfer?: readonly Transferable[];
  readonly onProgress?: (progress: unknown) => void;
};

export type Caller<A extends Calls> = {
  readonly call: <K extends keyof A & string>(
    name: K,
    input: InputOf<A, K>,
    options?: CallOptions,
  ) => Promise<OutputOf<A, K>>;
  /** What the worker tells on its own, by `emitEvent`. */
  readonly onEvent: (listener: (event: unknown) => void) => void;
  /** Stops the worker; open calls fail with "stopped". */
  readonly stop: () => void;
};

/** The worker's functions as if they were here: `remote(caller).open(input)`. */
export type Remote<A extends Calls> = {
  readonly [K in keyof A]: (input: InputOf<A, K>, options?: CallOptions) => Promise<OutputOf<A, K>>;
};

export function remote<A extends Calls>(caller: Caller<A>): Remote<A> {
  return new Proxy({} as Remote<A>, {
    get: (_target, name) =>
      typeof name !== "string" || name === "then"
        ? undefined
        : (input: InputOf<A, string>, options?: CallOptions) => caller.call(name, input, options),
  });
}

type Waiting = {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: CodeError) => void;
  readonly onProgress: (progress: unknown) => void;
};

function settle(open: Map<number, Waiting>, answer: Answer): void {
  const waiting = open.get(answer.id);
  if (waiting === undefined || answer.kind === "event") return;
  if (answer.kind === "progress") {
    waiting.onProgress(answer.progress);
    return;
  }
  open.delete(answer.id);
  if (answer.kind === "done") waiting.resolve(answer.output);
  else waiting.reject(new CodeError(answer.code, answer.details));
}

/** The page's side. A worker that cannot start fails every call with "worker-failed". */
export function createCaller<A extends Calls>(worker: Worker): Caller<A> {
  const open = new Map<number, Waiting>();
  let next = 1;
  const failAll = (code: string): void => {
    for (const waiting of open.values()) waiting.reject(new CodeError(code));
    open.clear();
  };
  worker.addEventListener("message", (event: MessageEvent<Answer>) => settle(open, event.data));
  worker.addEventListener("error", () => failAll("worker-failed"));
  worker.addEventListener("messageerror", () => failAll("worker-failed"));
  return {
    call: (name, input, options = {}) =>
      new Promise((resolve, reject) => {
        const id = next;
        next += 1;
        open.set(id, {
          resolve: resolve as (output: unknown) => void,
          reject,
          onProgress: options.onProgress ?? (() => undefined),
        });
        const question: Question = { id, name, input };
        worker.postMessage(question, [...(options.transfer ?? [])]);
      }),
    onEvent: (listener) =>
      worker.addEventListener("message", (event: MessageEvent<Answer>) => {
        if (event.data.kind === "event") listener(event.data.event);
      }),
    stop: () => {
      worker.terminate();
      failAll("stopped");
    },
  };
}

export type CallContext = {
  readonly progress: (progress: unknown) => void;
  /** Marks buffers of the answer to be moved instead of copied. */
  readonly transfer: (...buffers: Transferable[]) => void;
};

const post = (answer: Answer, transfer: Transferable[] = []): void =>
  globalThis.postMessage(answer, { transfer });

/** Tells the page something it did not ask for. */
export const emitEvent = (event: unknown): void => post({ id: 0, kind: "event", event });

async function answer<A extends Calls>(coming: A | Promise<A>, question: Question): Promise<void> {
  const { id, name, input } = question;
  const transfer: Transferable[] = [];
  try {
    const handler = (await coming)[name];
    if (handler === undefined) throw new CodeError("failed");
    const output = await handler(input as never, {
      progress: (progress) => post({ id, kind: "progress", progress }),
      transfer: (...buffers) => transfer.push(...buffers),
    });
    post({ id, kind: "done", output }, transfer);
  } catch (error) {
    const details = error instanceof CodeError ? error.details : {};
    post({ id, kind: "failed", code: codeOf(error), details });
  }
}

/**
 * The worker's side: answers each call with its handler, several at once. Handlers may still be
 * coming; when they fail to, every call is told why.
 */
export function serveCalls<A extends Calls>(handlers: A | Promise<A>): void {
  Promise.resolve(handlers).catch(() => undefined);
  globalThis.addEventListener("message", (event: MessageEvent<Question>) => {
    void answer(handlers, event.data);
  });
}
