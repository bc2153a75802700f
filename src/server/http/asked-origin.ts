import type { Response } from "express";

/** Which of the listener's own origins was asked, once `ownHostsOnly` has let the request in. */
export const askedOrigin = (response: Response): string => {
  const origin: unknown = response.locals["origin"];
  return typeof origin === "string" ? origin : "";
};
