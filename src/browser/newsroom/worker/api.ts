import * as z from "zod/mini";
import { SealdropError } from "../../../protocol/public/errors.ts";
import {
  type StaffRouteName,
  type StaffRoutes,
  staffRoutes,
} from "../../../protocol/public/staff-routes.ts";
import type { Http, HttpRequest } from "../../kit/http.ts";

/** The newsroom listener as the worker sees it: it alone speaks HTTP, so that no secret of it crosses the page. docs/api.md. */

type Body<Name extends StaffRouteName> = StaffRoutes[Name]["body"] extends z.ZodMiniType
  ? z.output<StaffRoutes[Name]["body"]>
  : null;
type Answer<Name extends StaffRouteName> = StaffRoutes[Name]["answer"] extends z.ZodMiniType
  ? z.output<StaffRoutes[Name]["answer"]>
  : null;

export type ApiOptions = {
  /** Fills the `:id` of the path. */
  readonly id?: string;
  /** Polling: does not keep the session awake. */
  readonly background?: boolean;
};

export type Api = {
  /** Calls a route of the table. Throws the server's code, "offline", or bad-structure for an answer of another shape. */
  call<Name extends StaffRouteName>(
    name: Name,
    body: Body<Name>,
    options?: ApiOptions,
  ): Promise<Answer<Name>>;
  /** The routes that speak bytes; a body makes it a POST. */
  bytes(
    path: string,
    options?: { readonly body?: Uint8Array; readonly background?: boolean },
  ): Promise<Uint8Array>;
};

const headersOf = (background: boolean | undefined): Record<string, string> =>
  background === true ? { "x-sealdrop-background": "1" } : {};

const requestOf = (method: string, json: unknown, options: ApiOptions): HttpRequest => ({
  method: method as "GET" | "POST" | "DELETE",
  headers: headersOf(options.background),
  ...(json === null ? {} : { body: json }),
});

const decoded = (shape: z.ZodMiniType, json: unknown): unknown => {
  const parsed = z.safeDecode(shape, json);
  if (!parsed.success) throw new SealdropError("bad-structure");
  return parsed.data;
};

/** A value that does not fit its shape never leaves: the server would only say `bad-request`. */
const encoded = (shape: z.ZodMiniType, value: unknown): unknown => {
  const parsed = z.safeEncode(shape, value);
  if (!parsed.success) throw new SealdropError("bad-request");
  return parsed.data;
};

export const createApi = (http: Http): Api => ({
  call: async (name, body, options = {}) => {
    const route = staffRoutes[name];
    const shape: z.ZodMiniType | null = route.body;
    const request = requestOf(route.method, shape === null ? null : encoded(shape, body), options);
    const json = await http.json(route.path.replace(":id", options.id ?? ""), request);
    const answer: z.ZodMiniType | null = route.answer;
    // The table ties a name to its shape; the compiler cannot follow that through the index.
    return (answer === null ? null : decoded(answer, json)) as Answer<typeof name>;
  },
  bytes: (path, { body, background } = {}) =>
    http.bytes(path, {
      headers: headersOf(background),
      ...(body === undefined ? {} : { body }),
    }),
});
