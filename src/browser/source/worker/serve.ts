import type { Loaded, Random } from "../../../protocol/public/backend.ts";
import { parseCodename } from "../../../protocol/secret/codename.ts";
import type { SecretCrypto } from "../../../protocol/secret/crypto.ts";
import { CodeError } from "../../kit/code-error.ts";
import { browserWorld, createHttp, type Http } from "../../kit/http.ts";
import { emitEvent, serveCalls } from "../../kit/worker-rpc.ts";
import type { Conversation, OpenNewsroom, Place, SourceCalls, WorkerEvent } from "./api.ts";
import { createDesk, type Desk } from "./desk.ts";
import { knownMailbox, type MailboxWorld, newMailbox } from "./mailbox.ts";
import { checkSuccessor, type OpenedNewsroom, openNewsroom, viewOf } from "./newsroom.ts";
import { askForSealing, ownSealer, serveSealing, shareSealing } from "./sealers.ts";
import { checkWords } from "./words.ts";

/** `getRandomValues` gives at most 65,536 bytes; nothing here asks for more. */
const random: Random = (length) => crypto.getRandomValues(new Uint8Array(length));

type Session = {
  readonly crypto: SecretCrypto;
  readonly http: Http;
  readonly desks: Map<Place, Desk>;
  readonly sealing: ReturnType<typeof shareSealing>;
  opened: OpenedNewsroom | null;
};

function openedOf(session: Session): OpenedNewsroom {
  if (session.opened === null) throw new CodeError("not-ready");
  return session.opened;
}

function worldOf(session: Session): MailboxWorld {
  const { crypto, http, sealing } = session;
  const { newsroomId } = openedOf(session).newsroom;
  return { crypto, http, newsroomId, seal: sealing.seal };
}

/** A tip's mailbox is made when it is first needed: by its first file, or by sending. */
function deskAt(session: Session, place: Place): Desk {
  const found = session.desks.get(place);
  if (found !== undefined) return found;
  if (place === "conversation") throw new CodeError("not-ready");
  const world = worldOf(session);
  const made = createDesk(world, newMailbox(world));
  session.desks.set(place, made);
  return made;
}

function wipePlace(session: Session, place: Place): void {
  session.desks.get(place)?.wipe();
  session.desks.delete(place);
}

function takeNewsroom(session: Session, input: OpenNewsroom): OpenedNewsroom {
  const opened = openNewsroom(session.crypto, input);
  if (session.opened !== null) checkSuccessor(session.opened, opened);
  session.opened = opened;
  return opened;
}

async function renew(session: Session, nowMs: number): Promise<OpenedNewsroom> {
  const bundle = await session.http.bytes("/api/newsroom", { repeat: true });
  const { fingerprint } = openedOf(session);
  return takeNewsroom(session, { bundle, fingerprint, nowMs });
}

/** Its keys stand at their place before anything is asked, so that leaving meanwhile forgets them too. */
async function comeBack(session: Session, typed: string): Promise<Conversation> {
  wipePlace(session, "conversation");
  const world = worldOf(session);
  const desk = createDesk(world, knownMailbox(world, parseCodename(typed)));
  session.desks.set("conversation", desk);
  try {
    return await desk.read(openedOf(session));
  } catch (error) {
    if (session.desks.get("conversation") === desk) wipePlace(session, "conversation");
    throw error;
  }
}

async function deleteAll(session: Session): Promise<null> {
  const { mailbox } = deskAt(session, "conversation");
  await mailbox.request("/api/mailbox/delete", { method: "POST", repeat: true });
  wipePlace(session, "conversation");
  return null;
}

function callsOf(session: Session): SourceCalls {
  return {
    start: () => null,
    help: (port) => {
      serveSealing(session.crypto, port);
      return null;
    },
    takeHelp: (port) => {
      askForSealing(port, session.sealing.add);
      return null;
    },
    openNewsroom: (input) => viewOf(session.crypto, takeNewsroom(session, input)),
    renewNewsroom: async (nowMs) => viewOf(session.crypto, await renew(session, nowMs)),
    addFile: async (input, { progress }) => {
      await deskAt(session, input.place).uploads.add(input, progress);
      return null;
    },
    removeFile: async ({ place, id }) => {
      await session.desks.get(place)?.uploads.remove(id);
      return null;
    },
    send: async (input) => {
      const desk = deskAt(session, input.place);
      await desk.send(input, {
        opened: openedOf(session),
        renew: (nowMs) => renew(session, nowMs),
      });
      const words = desk.mailbox.words();
      // a tip's keys have done their work: what comes later comes with the words
      if (input.place === "tip") wipePlace(session, "tip");
      return { words };
    },
    checkWords,
    comeBack: (typed) => comeBack(session, typed),
    readAgain: () => deskAt(session, "conversation").read(openedOf(session)),
    deleteAll: () => deleteAll(session),
    wipe: (place) => {
      for (const one of place === null ? [...session.desks.keys()] : [place]) {
        wipePlace(session, one);
      }
      return null;
    },
  };
}

/** The worker's functions over this crypto and line; only `serveSource` and the tests make them. */
export function createSourceCalls(crypto: SecretCrypto, http: Http): SourceCalls {
  return callsOf({
    crypto,
    http,
    desks: new Map(),
    sealing: shareSealing(ownSealer(crypto)),
    opened: null,
  });
}

function createLine(): Http {
  const onWait = (seconds: number): void => {
    const event: WorkerEvent = { kind: "wait", seconds };
    emitEvent(event);
  };
  return createHttp(browserWorld("omit", onWait));
}

async function loadOrFail(load: Load): Promise<SecretCrypto> {
  const loaded = await load(random);
  if (!loaded.ok) throw new CodeError(loaded.code);
  return loaded.crypto;
}

export type Load = (random: Random) => Promise<Loaded<SecretCrypto>>;

/** Serves the page at once; every call waits for the backend and its self-test. */
export function serveSource(load: Load): void {
  serveCalls<SourceCalls>(
    loadOrFail(load).then((crypto) => createSourceCalls(crypto, createLine())),
  );
}
