import { AsyncLocalStorage } from "node:async_hooks";
import { hex } from "../../src/protocol/public/bytes.ts";
import type { Message } from "../../src/protocol/public/envelope.ts";
import { parseManyPost } from "../../src/protocol/public/many.ts";
import { parseMessagePost } from "../../src/protocol/public/message-post.ts";
import type { Carry } from "../support/worker-client.ts";
import { quickSumo } from "./ground.ts";

/** Which messages an act has posted, whatever else the same page does at once. */

type Sent = Parameters<Carry>[0];

const acts = new AsyncLocalStorage<Set<string>>();

const messagesIn = ({ path, body }: Sent): readonly Message[] => {
  if (!(body instanceof Uint8Array)) return [];
  if (path === "/api/messages") return [parseMessagePost(quickSumo, body).message];
  return path === "/api/messages/many" ? parseManyPost(quickSumo, body) : [];
};

export const notePosted = (sent: Sent): void => {
  const ids = acts.getStore();
  for (const { header } of messagesIn(sent)) ids?.add(hex(header.messageId));
};

/** With the ids of the messages, in hex. */
export const withPosted = async <Value>(
  act: () => Promise<Value>,
): Promise<{ readonly value: Value; readonly ids: ReadonlySet<string> }> => {
  const ids = new Set<string>();
  return { value: await acts.run(ids, act), ids };
};
