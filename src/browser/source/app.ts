import { byRole, focusOn } from "../kit/dom.ts";
import type { Text } from "../kit/text.ts";
import type { Remote } from "../kit/worker-rpc.ts";
import type { NewsroomView, SourceCalls } from "./worker/api.ts";

/** What every screen is given. */
export type App = {
  readonly text: Text;
  readonly worker: Remote<SourceCalls>;
  readonly stage: Stage;
  /** Says something once to a screen reader. */
  readonly say: (words: string) => void;
  /** Files are coming: where sealing is slow, a second worker helps. */
  readonly help: () => void;
  readonly leave: () => void;
  readonly now: () => number;
};

/** The one place on the page where screens stand; showing one moves focus to its heading. */
export type Stage = {
  readonly show: (screen: HTMLElement) => void;
  readonly isShown: (screen: HTMLElement) => boolean;
  readonly clear: () => void;
};

export function createStage(main: HTMLElement): Stage {
  return {
    show: (screen) => {
      const first = main.childElementCount === 0 && main.hidden;
      main.replaceChildren(screen);
      main.hidden = false;
      // on load nothing was chosen yet: the page begins at its top like any other
      if (first) return;
      globalThis.scrollTo(0, 0);
      const heading = screen.querySelector("h1");
      if (heading !== null) focusOn(heading);
    },
    isShown: (screen) => main.contains(screen),
    clear: () => main.replaceChildren(),
  };
}

/** "Messages are deleted 90 days after the last one", wherever the screen says it. */
export function tellRetention(
  app: Pick<App, "text">,
  screen: HTMLElement,
  view: NewsroomView,
): void {
  byRole(screen, "retention").textContent = app.text.t("retention", { count: view.retentionDays });
}
