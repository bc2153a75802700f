import { byRole, focusOn, onClick, show } from "./dom.ts";

/**
 * A destructive step in two parts: the opener shows what will happen and to whom, and only then
 * stands the button that does it. Focus goes to the explanation, never to that button, so that a
 * second Enter does nothing.
 *
 * `root` holds `data-role="ask"` (button), `"asking"` (hidden part) and in that `"asking-title"`,
 * `"do"` and `"keep"` (buttons).
 */
export function confirmStep(root: HTMLElement, act: () => void): void {
  const ask = byRole(root, "ask");
  const asking = byRole(root, "asking");
  const close = (): void => {
    show(asking, false);
    show(ask, true);
  };
  onClick(ask, () => {
    show(ask, false);
    show(asking, true);
    focusOn(byRole(asking, "asking-title"));
  });
  onClick(byRole(asking, "keep"), () => {
    close();
    ask.focus();
  });
  onClick(byRole(asking, "do"), () => {
    close();
    act();
  });
}
