import { CodeError } from "../../src/browser/kit/code-error.ts";
import { createHttp } from "../../src/browser/kit/http.ts";
import { createDesk, type Desk } from "../../src/browser/source/worker/desk.ts";
import {
  knownMailbox,
  type MailboxWorld,
  newMailbox,
} from "../../src/browser/source/worker/mailbox.ts";
import {
  checkSuccessor,
  type OpenedNewsroom,
  openNewsroom,
} from "../../src/browser/source/worker/newsroom.ts";
import { ownSealer } from "../../src/browser/source/worker/sealers.ts";
import { parseCodename } from "../../src/protocol/secret/codename.ts";
import { fetchWhole } from "../support/worker-client.ts";
import { sodium } from "../vectors/backends.ts";
import type { Ground } from "./ground.ts";
import { createLine, type Line } from "./line.ts";
import { notePosted } from "./posted.ts";
import type { TabWorld } from "./staff.ts";

/** A source's page without its page: the worker's own functions over one visit. */
export type Visit = {
  readonly line: Line;
  readonly opened: OpenedNewsroom;
  /** The list as the server has it now, verified against the one at hand. */
  renew(): Promise<OpenedNewsroom>;
  /** With the codename, or null for a new mailbox. */
  desk(words: readonly string[] | null): Desk;
};

const httpOf = ({ ground, replica, watch }: TabWorld, line: Line) => {
  let asked = replica;
  return createHttp({
    credentials: "omit",
    onWait: () => undefined,
    sleep: line.sleep,
    fetch: (input, init) => {
      const path = String(input);
      const sent = { path, body: init?.body ?? null };
      const { source } = ground.replicas[asked++ % 2] ?? ground.replicas[0];
      return line.carry(sent, () => {
        notePosted(sent);
        return watch(sent, () => fetchWhole(`${source}${path}`, init ?? {}));
      });
    },
  });
};

const openAt = (ground: Ground, bundle: Uint8Array): OpenedNewsroom =>
  openNewsroom(sodium, { bundle, fingerprint: null, nowMs: ground.nowMs() });

export const startVisit = async (world: TabWorld): Promise<Visit> => {
  const line = createLine();
  const http = httpOf(world, line);
  const fetchBundle = () => http.bytes("/api/newsroom", { repeat: true });
  let opened = openAt(world.ground, await fetchBundle());
  const { newsroomId } = opened.newsroom;
  const mailboxWorld: MailboxWorld = { crypto: sodium, http, newsroomId, seal: ownSealer(sodium) };
  return {
    line,
    get opened() {
      return opened;
    },
    renew: async () => {
      const renewed = openAt(world.ground, await fetchBundle());
      checkSuccessor(opened, renewed);
      opened = renewed;
      return opened;
    },
    desk: (words) =>
      createDesk(
        mailboxWorld,
        words === null
          ? newMailbox(mailboxWorld)
          : knownMailbox(mailboxWorld, parseCodename(words.join(" "))),
      ),
  };
};

/** What a source reads on coming back, oldest first; nothing where there is nothing. */
export const readBack = async (visit: Visit, desk: Desk): Promise<readonly string[]> => {
  try {
    const { letters } = await desk.read(visit.opened);
    // A share has no words of its own.
    const read = letters.filter(({ state, text }) => state === "read" && text !== "");
    return read.map(({ text }) => text);
  } catch (error) {
    if (error instanceof CodeError && error.code === "nothing-found") return [];
    throw error;
  }
};
