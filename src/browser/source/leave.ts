import { onClick } from "../kit/dom.ts";

/** Leaving wipes first and asks nothing. */
export type Leaving = {
  readonly now: () => void;
  /** Where to, once the signed settings say so. */
  readonly setPage: (address: string) => void;
};

const escapes = 3;
const escapesWithinMs = 2_000;

function onThreeEscapes(act: () => void): void {
  let times: number[] = [];
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || event.repeat) return;
      times = [...times, event.timeStamp].slice(-escapes);
      const first = times[0] ?? 0;
      if (times.length === escapes && event.timeStamp - first <= escapesWithinMs) act();
    },
    { capture: true },
  );
}

/** The answer tells the browser to forget this origin; nobody waits for it. */
function forgetHere(): void {
  fetch("/api/leave", {
    method: "POST",
    keepalive: true,
    // Chromium obeys the header only where a cookie could be set; there is none to send.
    credentials: "same-origin",
    referrerPolicy: "no-referrer",
  }).catch(() => undefined);
}

/** `wipe` empties keys and page; it also runs when the page goes away by itself. */
export function createLeaving(button: HTMLElement, wipe: () => void): Leaving {
  let page = "about:blank";
  let leaving = false;
  const now = (): void => {
    if (leaving) return;
    leaving = true;
    wipe();
    forgetHere();
    location.replace(page);
  };
  onClick(button, now);
  onThreeEscapes(now);
  addEventListener("pagehide", wipe);
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  return {
    now,
    setPage: (address) => {
      page = address;
    },
  };
}
