import { CodeError } from "./code-error.ts";

export type HttpRequest = {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Bytes go as application/octet-stream, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Send it again when the line breaks; only for requests that are safe to repeat. */
  readonly repeat?: boolean;
  readonly signal?: AbortSignal;
};

/** Tells the page that the line is gone and in how many seconds it is tried again; 0 = back. */
export type OnWait = (seconds: number) => void;

export type HttpWorld = {
  readonly fetch: typeof fetch;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly onWait: OnWait;
  /** Cookies: "omit" on the source's origin, "same-origin" in the newsroom. */
  readonly credentials: "omit" | "same-origin";
};

export type Http = {
  /** Answers bytes; throws CodeError: the server's code, or "offline". */
  readonly bytes: (path: string, request?: HttpRequest) => Promise<Uint8Array>;
  /** Answers parsed JSON, to be checked by the caller; null for an empty answer. */
  readonly json: (path: string, request?: HttpRequest) => Promise<unknown>;
};

const waitSeconds = [1, 2, 5, 10, 15, 30];
const passing = new Set([502, 503, 504]);

function bodyOf(request: HttpRequest): { body?: BodyInit; type?: string } {
  if (request.body === undefined) return {};
  if (request.body instanceof Uint8Array) {
    return { body: request.body as Uint8Array<ArrayBuffer>, type: "application/octet-stream" };
  }
  return { body: JSON.stringify(request.body), type: "application/json" };
}

function initOf(world: HttpWorld, request: HttpRequest): RequestInit {
  const { body, type } = bodyOf(request);
  return {
    method: request.method ?? (body === undefined ? "GET" : "POST"),
    headers: { ...(type === undefined ? {} : { "content-type": type }), ...request.headers },
    credentials: world.credentials,
    cache: "no-store",
    redirect: "error",
    referrerPolicy: "no-referrer",
    ...(body === undefined ? {} : { body }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  };
}

async function refusal(response: Response): Promise<CodeError> {
  if (passing.has(response.status)) return new CodeError("offline");
  try {
    const parsed: unknown = await response.json();
    if (typeof parsed === "object" && parsed !== null && "error" in parsed) {
      const { error, ...details } = parsed as Record<string, number | string>;
      if (typeof error === "string") return new CodeError(error, details);
    }
  } catch {
    // not our JSON: a proxy's page, or a broken line
  }
  return new CodeError("failed");
}

async function once(world: HttpWorld, path: string, request: HttpRequest): Promise<Response> {
  let response: Response;
  try {
    response = await world.fetch(path, initOf(world, request));
  } catch {
    throw new CodeError(request.signal?.aborted ? "stopped" : "offline");
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

/** Both the request and the reading of its answer may break; both are tried again. */
async function attempt<T>(read: () => Promise<T>): Promise<T | CodeError> {
  try {
    return await read();
  } catch (error) {
    const known = error instanceof CodeError ? error : new CodeError("offline");
    if (known.code !== "offline") throw known;
    return known;
  }
}

async function insist<T>(
  world: HttpWorld,
  request: HttpRequest,
  read: () => Promise<T>,
): Promise<T> {
  let tries = 0;
  try {
    for (; ; tries += 1) {
      const result = await attempt(read);
      if (!(result instanceof CodeError)) return result;
      if (!request.repeat || request.signal?.aborted) throw result;
      const seconds = waitSeconds[Math.min(tries, waitSeconds.length - 1)] ?? 30;
      world.onWait(seconds);
      await world.sleep(seconds * 1000, request.signal);
    }
  } finally {
    // whatever the end: nothing is being waited for any more
    if (tries > 0) world.onWait(0);
  }
}

export function createHttp(world: HttpWorld): Http {
  return {
    bytes: (path, request = {}) =>
      insist(world, request, async () => {
        const response = await once(world, path, request);
        return new Uint8Array(await response.arrayBuffer());
      }),
    json: (path, request = {}) =>
      insist(world, request, async () => {
        const response = await once(world, path, request);
        const text = await response.text();
        return text === "" ? null : (JSON.parse(text) as unknown);
      }),
  };
}

/** The real world of a page or worker; "online" ends a wait early. */
export function browserWorld(
  credentials: HttpWorld["credentials"],
  onWait: OnWait = () => undefined,
): HttpWorld {
  return {
    credentials,
    onWait,
    fetch: (input, init) => fetch(input, init),
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(done, milliseconds);
        function done(): void {
          clearTimeout(timer);
          globalThis.removeEventListener("online", done);
          signal?.removeEventListener("abort", done);
          resolve();
        }
        globalThis.addEventListener("online", done);
        signal?.addEventListener("abort", done);
      }),
  };
}
