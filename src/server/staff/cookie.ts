import type { Request, Response } from "express";
import { base64url, fromBase64url } from "../../protocol/public/bytes.ts";
import { askedOrigin } from "../http/asked-origin.ts";

/** The session cookie. The `__Host-` name binds it to this host and to a secure line, where there is one: TLS or an onion. */
const PLAIN_NAME = "sealdrop-session";
const HOST_NAME = `__Host-${PLAIN_NAME}`;

const isSecure = (response: Response): boolean => {
  const origin = askedOrigin(response);
  return origin.startsWith("https:") || new URL(origin).hostname.endsWith(".onion");
};

const setCookie = (response: Response, value: string, rest: string): void => {
  const secure = isSecure(response);
  const name = secure ? HOST_NAME : PLAIN_NAME;
  const flags = `Path=/; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}${rest}`;
  response.setHeader("Set-Cookie", `${name}=${value}; ${flags}`);
};

/** No Max-Age: the browser forgets it when it closes. */
export const giveCookie = (response: Response, token: Uint8Array): void => {
  setCookie(response, base64url(token), "");
};

export const dropCookie = (response: Response): void => {
  setCookie(response, "", "; Max-Age=0");
};

/** The token, or null when there is none of the right length under the name that belongs to this origin. */
export const readCookie = (request: Request): Uint8Array | null => {
  if (request.res === undefined) return null;
  const wanted = `${isSecure(request.res) ? HOST_NAME : PLAIN_NAME}=`;
  const pair = (request.headers.cookie ?? "")
    .split(";")
    .map((part) => part.trim())
    .find((part) => part.startsWith(wanted));
  const value = pair?.slice(wanted.length) ?? "";
  if (!/^[\w-]{43}$/.test(value)) return null;
  try {
    return fromBase64url(value);
  } catch {
    return null;
  }
};
