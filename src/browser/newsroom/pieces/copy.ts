import { onClick } from "../../kit/dom.ts";
import type { Text } from "../../kit/text.ts";

/** Copies and says so on the button itself; where the browser forbids it, the text stands there to be marked by hand. */
export const copyButton = (button: HTMLElement, text: Text, content: () => string): void => {
  onClick(button, () => {
    const say = (key: string): void => {
      button.textContent = text.t(key);
    };
    navigator.clipboard.writeText(content()).then(
      () => say("copy.done"),
      () => say("copy.failed"),
    );
  });
};
