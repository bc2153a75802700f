import type { IncomingMessage } from "node:http";

type Check = () => Promise<unknown>;

const checks = new WeakMap<IncomingMessage, readonly Check[]>();

/** A body may take minutes: what gave the right to send it is looked at again once all of it is there. */
export const checkAfterBody = (request: IncomingMessage, check: Check): void => {
  checks.set(request, [...(checks.get(request) ?? []), check]);
};

/** Throws what a check throws. */
export const bodyArrived = async (request: IncomingMessage): Promise<void> => {
  for (const check of checks.get(request) ?? []) await check();
};
