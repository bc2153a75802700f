import { plain } from "./report.ts";

/** Asking a server that may be hostile: no redirects, no endless answers, a minute's patience. */

export class CheckError extends Error {}

const PATIENCE_MS = 60_000;
const MOST_BYTES = 16_777_216;

export type Got = {
  readonly status: number;
  readonly type: string;
  readonly policy: string;
  readonly bytes: Uint8Array;
};

const collect = async (response: Response): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > MOST_BYTES) throw new CheckError("an answer without end");
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
};

/** Throws CheckError when nobody answers. */
export const get = async (url: string, coding = "identity"): Promise<Got> => {
  try {
    const response = await fetch(url, {
      headers: { "accept-encoding": coding },
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return {
      status: response.status,
      type: response.headers.get("content-type") ?? "",
      policy: response.headers.get("content-security-policy") ?? "",
      bytes: await collect(response),
    };
  } catch (error) {
    if (error instanceof CheckError) throw error;
    throw new CheckError(`no answer from ${plain(url)}`);
  }
};

/** The bytes of a route. Throws CheckError for anything but 200. */
export const getBytes = async (url: string): Promise<Uint8Array> => {
  const { status, bytes } = await get(url);
  if (status !== 200) throw new CheckError(`${plain(url)} answers ${status}`);
  return bytes;
};
