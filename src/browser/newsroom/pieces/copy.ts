import { onClick } from "../../kit/dom.ts";
import type { Text } from "../../kit/text.ts";

/** Copies and says so on the button itself; where the browser forbids it, the text stands there to be marked by hand. */
export const copyButton = (button: HTMLElement, text: Text, content: () => string): void => {
  onClick(button, () => {
    const say = (key: string): void => {
      button.textContent = text.t(key);
    };
    // Absent on plain http outside localhost.
    const clipboard: Clipboard | undefined = navigator.clipboard;
    const copied = clipboard?.writeText(content()) ?? Promise.reject(new Error("no clipboard"));
    copied.then(
      () => say("copy.done"),
      () => say("copy.failed"),
    );
  });
};
