/**
 * The newsroom's service worker, and all it does: it hands a file that is being decrypted to the browser's own downloads, piece by piece, so
 * that a big one never stands in memory as a whole. It sees plaintext on its way through, stores nothing, and touches no other request.
 */
declare const self: ServiceWorkerGlobalScope;

type Offer = {
  readonly kind: "offer";
  readonly id: string;
  readonly name: string;
  readonly length: number;
};
/** `stay`: the page says every few seconds that a file is still on its way, or browsers end an idle service worker. */
type FromPage = Offer | { readonly kind: "stay" };
type FromKeys =
  | { readonly kind: "chunk"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "end" }
  | { readonly kind: "fail" };

type Waiting = { readonly offer: Offer; readonly port: MessagePort };

const PATH = "/download/";
const waiting = new Map<string, Waiting>();

const streamOf = (port: MessagePort): ReadableStream<Uint8Array<ArrayBuffer>> => {
  let asked: (() => void) | null = null;
  const answered = (): void => {
    asked?.();
    asked = null;
  };
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start: (controller) => {
        port.onmessage = ({ data }: MessageEvent<FromKeys>) => {
          if (data.kind === "chunk") controller.enqueue(data.bytes);
          else if (data.kind === "end") controller.close();
          else controller.error(new Error("failed"));
          answered();
        };
      },
      pull: () =>
        new Promise<void>((resolve) => {
          asked = resolve;
          port.postMessage({ kind: "pull" });
        }),
      cancel: () => port.postMessage({ kind: "cancel" }),
    },
    { highWaterMark: 1 },
  );
};

/** RFC 5987: everything but plain letters and digits as octets. */
const encodedName = (name: string): string =>
  encodeURIComponent(name).replace(/['()*!]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);

const answer = (id: string): Response => {
  const found = waiting.get(id);
  waiting.delete(id);
  if (found === undefined) return new Response(null, { status: 404 });
  return new Response(streamOf(found.port), {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename*=UTF-8''${encodedName(found.offer.name)}`,
      "content-length": String(found.offer.length),
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    },
  });
};

self.addEventListener("install", () => {
  void self.skipWaiting();
});

self.addEventListener("message", (event) => {
  const data = event.data as FromPage;
  const [port] = event.ports;
  if (data.kind !== "offer" || port === undefined) return;
  waiting.set(data.id, { offer: data, port });
  port.postMessage({ kind: "ready" });
});

self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (pathname.startsWith(PATH)) event.respondWith(answer(pathname.slice(PATH.length)));
});

export {};
