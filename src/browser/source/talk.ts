import { confirmStep } from "../kit/confirm.ts";
import { byRole, clone, focusOn, onClick, setText, show, showLines } from "../kit/dom.ts";
import type { App } from "./app.ts";
import { type Compose, createCompose } from "./compose.ts";
import type { Conversation, Letter, NewsroomView, Writing } from "./worker/api.ts";

/** The conversation a codename opened, newest last. */
export type Talk = {
  readonly screen: HTMLElement;
  readonly setNewsroom: (view: NewsroomView) => void;
  readonly wipe: () => void;
};

export type TalkWorld = {
  readonly view: NewsroomView;
  readonly conversation: Conversation;
  readonly newsroomChanged: (view: NewsroomView) => void;
};

const closedKeys: Readonly<Record<Exclude<Writing, "open">, string>> = {
  paused: "talk.paused",
  lapsed: "talk.stale",
  clock: "talk.clock",
  nobody: "talk.nobody",
};

const stateKeys: Readonly<Record<Exclude<Letter["state"], "read">, string>> = {
  "not-kept": "talk.not-kept",
  unreadable: "talk.unreadable",
  broken: "talk.broken",
};

function whoOf(app: App, letter: Letter): string {
  const { text } = app;
  if (letter.by === "source") return text.t("talk.you");
  if (letter.who === null) return text.t("talk.newsroom");
  return letter.hasLeft ? text.t("talk.left", { name: isolated(letter.who) }) : letter.who;
}

function notesOf(app: App, letter: Letter): string {
  const { text } = app;
  return [
    letter.state === "read" ? "" : text.t(stateKeys[letter.state]),
    letter.notAsAgreed ? text.t("talk.not-as-agreed") : "",
    letter.missing > 0 ? text.t("talk.missing", { count: letter.missing }) : "",
  ]
    .filter((note) => note !== "")
    .join(" ");
}

/** Keeps a name's own direction of writing to itself. */
const isolated = (name: string): string => `\u2068${name}\u2069`;

function fileLine(app: App, file: Letter["files"][number]): string {
  const size = app.text.bytes(file.length);
  return app.text.t("talk.file", { name: isolated(file.name), size });
}

function wordsOf({ text }: App, letter: Letter, who: string): string {
  const names = letter.sharedWith;
  if (names === null) return letter.text;
  if (names.length === 0) return text.t("talk.shared-unnamed", { who: isolated(who) });
  return text.t("talk.shared", { who: isolated(who), names: text.list(names.map(isolated)) });
}

function letterOf(app: App, letter: Letter): HTMLElement {
  const item = clone("t-letter");
  item.classList.add(letter.by === "source" ? "own" : "theirs");
  const who = whoOf(app, letter);
  setText(item, "who", who);
  setText(item, "day", app.text.day(letter.day));
  const notes = notesOf(app, letter);
  const note = setText(item, "note", notes);
  note.classList.toggle("look-out", letter.state !== "not-kept");
  show(note, notes !== "");
  const words = wordsOf(app, letter, who);
  show(setText(item, "text", words), words !== "");
  const files = letter.files.map((file) => fileLine(app, file));
  showLines(byRole(item, "letter-files"), files);
  const names = letter.readers ?? [];
  const readers =
    names.length === 0
      ? ""
      : app.text.t("talk.readers", { names: app.text.list(names.map(isolated)) });
  show(setText(item, "letter-readers", readers), readers !== "");
  return item;
}

function fillLetters(app: App, screen: HTMLElement, conversation: Conversation): void {
  const { letters } = conversation;
  byRole(screen, "letters").replaceChildren(...letters.map((letter) => letterOf(app, letter)));
  show(byRole(screen, "none"), !letters.some((letter) => letter.by === "newsroom"));
}

function setUpDelete(app: App, screen: HTMLElement): void {
  const error = byRole(screen, "ending-error");
  const wait = (words: string): void => {
    setText(screen, "ending-wait", words);
    show(byRole(screen, "ask"), words === "");
  };
  confirmStep(byRole(screen, "ending"), () => {
    show(error, false);
    wait(app.text.t("talk.deleting"));
    app.worker.deleteAll(null).then(
      () => app.stage.show(deletedScreen(app)),
      () => {
        wait("");
        error.textContent = app.text.t("talk.delete-failed");
        show(error, true);
      },
    );
  });
}

function deletedScreen(app: App): HTMLElement {
  const screen = clone("t-deleted");
  onClick(byRole(screen, "leave"), app.leave);
  return screen;
}

export function createTalk(app: App, world: TalkWorld): Talk {
  const screen = clone("t-talk");
  const stale = byRole(screen, "stale");
  const notice = byRole(screen, "sent");
  const afterSending = async (): Promise<void> => {
    app.stage.show(screen);
    notice.textContent = app.text.t("talk.sent");
    show(notice, true);
    focusOn(notice);
    fillLetters(app, screen, await app.worker.readAgain(null));
  };
  const compose: Compose = createCompose(app, {
    place: "conversation",
    screen: () => screen,
    sent: () => {
      afterSending().catch(() => undefined);
    },
    newsroomChanged: world.newsroomChanged,
  });
  byRole(screen, "compose").append(compose.root);

  const setNewsroom = (view: NewsroomView, preset: readonly number[] | null): void => {
    const open = view.writing === "open";
    if (view.writing !== "open") stale.textContent = app.text.t(closedKeys[view.writing]);
    else compose.setNewsroom(view, preset);
    show(stale, !open);
    show(compose.root, open);
    show(byRole(screen, "answer-title"), open);
  };
  fillLetters(app, screen, world.conversation);
  setNewsroom(world.view, world.conversation.readers);
  setUpDelete(app, screen);
  return {
    screen,
    setNewsroom: (view) => setNewsroom(view, null),
    wipe: () => {
      compose.wipe();
      byRole(screen, "letters").replaceChildren();
    },
  };
}
