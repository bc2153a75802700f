import { byRole, clone, focusOn, isFocusLost, onClick, setText, show } from "../../kit/dom.ts";
import type { Text } from "../../kit/text.ts";
import type { NewsroomEvent } from "../worker/events.ts";
import type { Overview } from "../worker/overview.ts";
import type { Desk, OpenView } from "./view.ts";
import type { ViewId, ViewPart } from "./view-id.ts";
import { views } from "./views.ts";

/** The parts of the desk that outlive a view: navigation, alert, state line. */

/** Keys published until when, and how long the list of journalists is valid. */
export const stateWords = (text: Text, overview: Overview): string => {
  const { publishedUntilDay, rosterDaysLeft } = overview;
  const keys =
    publishedUntilDay === null
      ? text.t("state.noKeys")
      : text.t("state.keysUntil", { day: text.day(publishedUntilDay) });
  const roster =
    rosterDaysLeft < 0
      ? text.t("state.rosterLapsed")
      : text.t("state.rosterDays", { count: rosterDaysLeft });
  return `${keys} · ${roster}`;
};

export type Says = { alert(sentence: string): void; done(sentence: string): void };

/**
 * One sentence at a time: what went wrong, or what has worked. Both parts stay on the page, empty: a part that appears
 * together with its words is not read out everywhere.
 */
export const createSays = (screen: HTMLElement): Says => {
  const alert = byRole(screen, "alert");
  const done = byRole(screen, "done");
  const say = (part: HTMLElement, sentence: string): void => {
    for (const other of [alert, done]) other.textContent = other === part ? sentence : "";
    if (sentence === "") return;
    part.scrollIntoView({ block: "nearest" });
    if (isFocusLost()) part.focus();
  };
  return {
    alert: (sentence) => say(alert, sentence),
    done: (sentence) => say(done, sentence),
  };
};

/** What comes later may push it away again. */
const leadTo = (part: HTMLElement, { filled }: OpenView): void => {
  focusOn(part);
  void filled?.then(() => {
    if (document.activeElement === part) part.scrollIntoView();
  });
};

type Listener = (event: NewsroomEvent) => void;

export type Stage = {
  /** Begins at the view's title, or is led to a part of it. */
  open(id: ViewId, desk: Desk, part?: ViewPart): void;
  close(): void;
  listen(listener: Listener): void;
  tell(event: NewsroomEvent): void;
  key(event: KeyboardEvent): void;
};

/** One view at a time; what it listened to ends with it. */
export const createStage = (screen: HTMLElement): Stage => {
  const main = byRole(screen, "view");
  let open: OpenView = {};
  let listeners: Listener[] = [];
  const close = (): void => {
    open.close?.();
    open = {};
    listeners = [];
    main.replaceChildren();
    setText(screen, "state", "");
  };
  return {
    close,
    open: (id, desk, part) => {
      const view = views.find((one) => one.id === id);
      if (view === undefined) return;
      close();
      const root = clone(view.template);
      main.replaceChildren(root);
      focusOn(root.querySelector<HTMLElement>('[data-role="title"]') ?? main);
      globalThis.scrollTo(0, 0);
      open = view.open(root, desk);
      if (part !== undefined) leadTo(byRole(main, part), open);
    },
    listen: (listener) => {
      listeners.push(listener);
    },
    tell: (event) => {
      for (const listener of listeners) listener(event);
    },
    key: (event) => open.key?.(event),
  };
};

export type Navigation = { mark(id: ViewId): void };

export const createNavigation = (
  screen: HTMLElement,
  use: { readonly admin: boolean; go(id: ViewId): void },
): Navigation => {
  for (const { id, adminOnly } of views) {
    const button = byRole(screen, `go-${id}`);
    const item = button.parentElement;
    if (item !== null) show(item, !adminOnly || use.admin);
    onClick(button, () => use.go(id));
  }
  return {
    mark: (current) => {
      for (const { id } of views) {
        const button = byRole(screen, `go-${id}`);
        if (id === current) button.setAttribute("aria-current", "page");
        else button.removeAttribute("aria-current");
      }
    },
  };
};
