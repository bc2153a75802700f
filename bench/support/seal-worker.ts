import { parentPort, workerData } from "node:worker_threads";
import { makeConversation, type Stage } from "./conversations.ts";

/** Seals beside the main thread; one batch is asked for at a time. */
export type SealOrder = {
  readonly stage: Stage;
  readonly conversations: number;
  readonly messages?: number;
};

const { stage, conversations, messages } = workerData as SealOrder;
const BATCH = 50;

for (let made = 0; made < conversations; made += BATCH) {
  const count = Math.min(BATCH, conversations - made);
  const rows = Array.from({ length: count }, () => makeConversation(stage, messages)).flat();
  parentPort?.postMessage(rows);
}
