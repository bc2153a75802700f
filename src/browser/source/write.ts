import { byRole, clone, setText, show } from "../kit/dom.ts";
import { type App, tellRetention } from "./app.ts";
import { type Compose, createCompose } from "./compose.ts";
import { onionOf } from "./host.ts";
import { doneScreen, keepScreen } from "./keep.ts";
import type { NewsroomView } from "./worker/api.ts";

/** The way of a new tip: write, send, keep the words, done. */
export type Write = {
  readonly screen: HTMLElement;
  readonly setNewsroom: (view: NewsroomView) => void;
  /** What stands in the message field. */
  readonly written: () => string;
  readonly wipe: () => void;
};

export type WriteWorld = {
  readonly view: () => NewsroomView | null;
  readonly newsroomChanged: (view: NewsroomView) => void;
};

function paragraphsOf(words: string): readonly HTMLElement[] {
  return words
    .split(/\n+/)
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const paragraph = document.createElement("p");
      paragraph.dir = "auto";
      paragraph.textContent = line;
      return paragraph;
    });
}

/** The newsroom's own words in this language, else in English, else in its first one. */
function wordsOf(view: NewsroomView, language: string): string {
  return view.words.get(language) ?? view.words.get("en") ?? [...view.words.values()][0] ?? "";
}

function fillScreen(app: App, screen: HTMLElement, view: NewsroomView): void {
  const words = paragraphsOf(wordsOf(view, app.text.language));
  byRole(screen, "newsroom-words").replaceChildren(...words);
  tellRetention(app, screen, view);
  const onion = onionOf(view.sourceOrigins);
  setText(screen, "onion-address", onion ?? "");
  show(byRole(screen, "onion"), onion !== null);
}

export function createWrite(app: App, world: WriteWorld): Write {
  const screen = clone("t-write");
  const finish = (): void => {
    app.worker.wipe("tip").catch(() => undefined);
    app.stage.show(doneScreen(app));
  };
  const compose: Compose = createCompose(app, {
    place: "tip",
    screen: () => screen,
    sent: (words, leftOut) => {
      const view = world.view();
      if (words !== null && view !== null) {
        app.stage.show(keepScreen(app, { words, leftOut, view, finish }));
      }
    },
    newsroomChanged: world.newsroomChanged,
  });
  byRole(screen, "compose").append(compose.root);
  return {
    screen,
    setNewsroom: (view) => {
      fillScreen(app, screen, view);
      if (view.writing === "open") compose.setNewsroom(view, null);
    },
    written: compose.written,
    wipe: compose.wipe,
  };
}
