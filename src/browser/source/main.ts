import { codeOf } from "../kit/code-error.ts";
import { byId, byRole, onClick, show } from "../kit/dom.ts";
import { browserWorld, createHttp } from "../kit/http.ts";
import { createScriptUrls } from "../kit/script-url.ts";
import { pageText } from "../kit/text.ts";
import { remote } from "../kit/worker-rpc.ts";
import { type App, createStage } from "./app.ts";
import { type ClosedReason, canStillRead, closedScreen, reasonOf } from "./closed.ts";
import { createComeBack } from "./come-back.ts";
import { callerOf, startCryptoWorker } from "./crypto-worker.ts";
import { dropUnloadGuard, keepDropsHere } from "./files.ts";
import { type Fragment, takeFragment } from "./fragment.ts";
import { createLeaving } from "./leave.ts";
import { createTalk, type Talk } from "./talk.ts";
import { showWarnings } from "./warnings.ts";
import type { NewsroomView, WorkerEvent } from "./worker/api.ts";
import { createWrite } from "./write.ts";

declare const WORKER_SODIUM: string;
declare const WORKER_NOBLE: string;

const dayMs = 86_400_000;
const text = pageText();
const fragment = takeFragment();

/** "The line is gone": one place on the page for whatever is being tried again. */
function tellLine(seconds: number): void {
  const line = byId("line");
  line.textContent = seconds === 0 ? "" : text.t("line.gone", { count: seconds });
  show(line, seconds !== 0);
}

const workers = startCryptoWorker({
  urls: createScriptUrls([WORKER_SODIUM, WORKER_NOBLE]),
  sodium: WORKER_SODIUM,
  noble: WORKER_NOBLE,
  onWait: tellLine,
});
const caller = callerOf(workers.started);

// Browsers open a connection of its own for a request that refuses cookies, a round trip later. This one is the same for
// everybody and this origin has no cookie; what concerns a mailbox goes the other way.
const http = createHttp(browserWorld("same-origin", tellLine));
const bundleComing = http.bytes("/api/newsroom", { repeat: true });
caller.onEvent((event) => tellLine((event as WorkerEvent).seconds));

const stage = createStage(byId("main"));
let view: NewsroomView | null = null;
let talk: Talk | null = null;

function wipe(): void {
  dropUnloadGuard();
  caller.call("wipe", null).catch(() => undefined);
  write.wipe();
  comeBack.wipe();
  talk?.wipe();
  stage.clear();
  byId("sheet").replaceChildren();
  document.title = "";
}

const leaving = createLeaving(byId("leave"), wipe);
const app: App = {
  text,
  stage,
  worker: remote(caller),
  say: (words) => {
    byId("live").textContent = words;
  },
  help: workers.help,
  leave: leaving.now,
  now: () => Date.now(),
};

const newsroomChanged = (changed: NewsroomView): void => takeView(changed);
const write = createWrite(app, { view: () => view, newsroomChanged });
const comeBack = createComeBack(app, (conversation) => {
  if (view === null) return;
  talk = createTalk(app, { view, conversation, newsroomChanged });
  stage.show(talk.screen);
});

function closedFor(reason: ClosedReason, signed: NewsroomView | null): HTMLElement {
  const today = Math.floor(app.now() / dayMs);
  return closedScreen(text, { reason, view: signed, today, written: write.written() });
}

/** Where *Write to us* leads: the form, or why there is none. */
function writeWay(): HTMLElement {
  if (view === null || view.writing === "open") return write.screen;
  return closedFor(view.writing, view);
}

function applySettings(signed: NewsroomView): void {
  document.title = signed.pageTitle;
  byRole(document, "newsroom-name").textContent = signed.newsroomName;
  leaving.setPage(signed.leavingPage);
  showWarnings(text, signed);
}

function takeView(signed: NewsroomView): void {
  const before = writeWay();
  const wasWriting = stage.isShown(before) || stage.isShown(write.screen);
  view = signed;
  applySettings(signed);
  write.setNewsroom(signed);
  talk?.setNewsroom(signed);
  comeBack.unlock();
  if (wasWriting && signed.writing !== "open") stage.show(writeWay());
}

function close(error: unknown): void {
  const reason = reasonOf(codeOf(error));
  show(byId("ways"), canStillRead(reason));
  stage.show(closedFor(reason, null));
  write.wipe();
}

async function openNewsroom(named: Fragment): Promise<void> {
  const [bundle] = await Promise.all([bundleComing, workers.started]);
  takeView(
    await app.worker.openNewsroom({ bundle, fingerprint: named.fingerprint, nowMs: app.now() }),
  );
}

/** Another language is another document: the link's fingerprint goes along. */
function keepFragmentInLanguages(named: Fragment): void {
  if (named.text === "") return;
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-language]")) {
    link.addEventListener("click", () => {
      link.hash = named.text;
    });
  }
}

function setUpWays(): void {
  const ways = byId("ways");
  const writeButton = byRole(ways, "go-write");
  const returnButton = byRole(ways, "go-return");
  const go = (screen: HTMLElement, chosen: HTMLElement): void => {
    for (const button of [writeButton, returnButton]) {
      button.setAttribute("aria-pressed", String(button === chosen));
    }
    stage.show(screen);
  };
  writeButton.setAttribute("aria-pressed", "true");
  onClick(writeButton, () => go(writeWay(), writeButton));
  onClick(returnButton, () => go(comeBack.screen, returnButton));
  show(ways, true);
}

keepFragmentInLanguages(fragment);
keepDropsHere();
setUpWays();
show(byId("leave"), true);
show(byId("leave-help"), true);
stage.show(write.screen);
openNewsroom(fragment).catch(close);
