import type { IncomingMessage } from "node:http";
import type { Request } from "express";
import type { z } from "zod/mini";
import { fromBase64url } from "../../protocol/public/bytes.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { ID } from "../../protocol/public/limits.ts";
import { bodyArrived } from "./after-body.ts";

/** The door: a body is read only when its handler asks, so limits and rights come before buffering. */

const JSON_LIMIT_BYTES = 1_048_576;

const contentType = (request: Request): string =>
  (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";

const declaredLength = (request: Request, limitBytes: number): number | null => {
  const text = request.headers["content-length"];
  if (text === undefined) return null;
  const length = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(length)) throw new SealdropError("bad-request");
  if (length > limitBytes) throw new SealdropError("too-large");
  return length;
};

/** One buffer of the declared size: no second copy when the last part has arrived. */
const collectKnown = async (request: IncomingMessage, length: number): Promise<Uint8Array> => {
  const bytes = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for await (const part of request as AsyncIterable<Buffer>) at += part.copy(bytes, at);
  if (at !== length) throw new SealdropError("bad-request");
  return bytes;
};

const collectUnknown = async (
  request: IncomingMessage,
  limitBytes: number,
): Promise<Uint8Array> => {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > limitBytes) throw new SealdropError("too-large");
    parts.push(part);
  }
  return Buffer.concat(parts);
};

const readBody = async (request: Request, limitBytes: number): Promise<Uint8Array> => {
  if (request.headers["content-encoding"] !== undefined) throw new SealdropError("wrong-type");
  const length = declaredLength(request, limitBytes);
  const body =
    length === null ? collectUnknown(request, limitBytes) : collectKnown(request, length);
  const bytes = await body.catch((error: unknown) => {
    // A connection that ends in the middle is the sender's doing, not a fault of ours.
    throw error instanceof SealdropError ? error : new SealdropError("bad-request");
  });
  await bodyArrived(request);
  return bytes;
};

/** The body as bytes. Throws wrong-type and too-large before anything is buffered. */
export const readBytes = async (request: Request, limitBytes: number): Promise<Uint8Array> => {
  if (contentType(request) !== "application/octet-stream") throw new SealdropError("wrong-type");
  return readBody(request, limitBytes);
};

/** The body as JSON of a known shape. Throws wrong-type, too-large, bad-request. */
export const readJson = async <Schema extends z.ZodMiniType>(
  request: Request,
  schema: Schema,
  limitBytes = JSON_LIMIT_BYTES,
): Promise<z.output<Schema>> => {
  if (contentType(request) !== "application/json") throw new SealdropError("wrong-type");
  const text = Buffer.from(await readBody(request, limitBytes)).toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SealdropError("bad-request");
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new SealdropError("bad-request");
  return parsed.data;
};

/** A path parameter that is base64url of 16 bytes. */
export const readId = (request: Request, name: string): Uint8Array => {
  const text = request.params[name];
  const bytes = typeof text === "string" ? fromBase64url(text) : new Uint8Array();
  if (bytes.length !== ID) throw new SealdropError("bad-request");
  return bytes;
};

/** A whole number of a path, query or header, from 0 to `most`. */
export const readWhole = (text: unknown, most: number): number => {
  const value = typeof text === "string" && /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value) || value > most) throw new SealdropError("bad-request");
  return value;
};

export const MAX_U32 = 0xffff_ffff;
/** PostgreSQL's int: numbers beyond it are nobody's. */
export const MAX_INT = 0x7fff_ffff;

/** The bearer token; null when there is none or it is no base64url. */
export const readBearer = (request: Request): Uint8Array | null => {
  const match = /^Bearer ([\w-]{1,256})$/.exec(request.headers.authorization ?? "");
  if (match?.[1] === undefined) return null;
  try {
    return fromBase64url(match[1]);
  } catch {
    return null;
  }
};
