import { connect } from "node:net";

export type RawAnswer = {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
};

const parse = (text: string): RawAnswer => {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { status: Number(first.split(" ")[1] ?? 0), headers, text: rest.join("\r\n\r\n") };
};

/** Says exactly these bytes to a port and reads until the server hangs up: no client library tidies anything. */
export const sayTo = (port: number, said: string): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    let heard = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(said));
    socket.setTimeout(10_000, () => socket.destroy());
    socket.on("data", (bytes) => {
      heard += bytes.toString("latin1");
    });
    socket.on("close", () => resolve(parse(heard)));
    socket.on("error", reject);
  });

export type RawRequest = {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export const requestText = (host: string, request: RawRequest): string => {
  const { method = "GET", path, headers = {}, body = "" } = request;
  const lines = Object.entries({
    host,
    connection: "close",
    ...(body === "" && method === "GET" ? {} : { "content-length": String(body.length) }),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`;
};
