import type { Response } from "express";
import { ERRORS, type ErrorCode } from "../../protocol/public/errors.ts";

/** The only ways to answer: bytes, text, JSON, nothing, or an error code. */

export const sendBytes = (response: Response, bytes: Uint8Array): void => {
  response.status(200);
  response.setHeader("Content-Type", "application/octet-stream");
  response.setHeader("Content-Length", bytes.length);
  response.end(bytes);
};

export const sendText = (response: Response, text: Uint8Array): void => {
  response.status(200);
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.setHeader("Content-Length", text.length);
  response.end(text);
};

export const sendJson = (response: Response, value: object, status = 200): void => {
  const bytes = Buffer.from(JSON.stringify(value));
  response.status(status);
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.setHeader("Content-Length", bytes.length);
  response.end(bytes);
};

export const sendNothing = (response: Response): void => {
  response.status(204).end();
};

/** `extra` holds numbers a client needs to act on the code, such as seconds to wait. */
export const sendError = (
  response: Response,
  code: ErrorCode,
  extra: Readonly<Record<string, number>> = {},
): void => {
  response.locals["code"] = code;
  sendJson(response, { error: code, ...extra }, ERRORS[code][0] || 400);
};

/** Too many tries: nothing was looked at, and after that many seconds it may be tried again. */
export const sendWait = (response: Response, seconds: number): void => {
  response.setHeader("Retry-After", seconds);
  sendError(response, "wait", { retryAfterSeconds: seconds });
};
