import { byRole, byRoleOf, clone, onClick, setText, show } from "../kit/dom.ts";
import { createEstimate, setProgress } from "../kit/progress.ts";
import type { App } from "./app.ts";
import type { Files } from "./files.ts";
import type { Sent } from "./worker/api.ts";

export type Sending = {
  readonly files: Files;
  readonly send: () => Promise<Sent>;
};

/** "refused": one of the files cannot come along, and the source should know before the text goes. */
export type SendingEnd = Sent | "refused" | "back";

type Screen = {
  readonly root: HTMLElement;
  readonly showFiles: (files: Files) => void;
  readonly showSealing: () => void;
  readonly onBack: (listener: () => void) => void;
};

function createScreen(app: App): Screen {
  const { text } = app;
  const root = clone("t-send");
  const bar = byRoleOf(root, "bar", HTMLProgressElement);
  const back = byRole(root, "back");
  const estimate = createEstimate(() => performance.now());
  return {
    root,
    showFiles: (files) => {
      const { stored, total } = files.progress();
      setProgress(bar, total === 0 ? null : stored / total);
      const seconds = estimate.update(stored, total);
      const time = seconds === null || seconds === 0 ? "" : text.duration(seconds);
      setText(root, "time", time === "" ? "" : text.t("send.left", { time }));
      setText(root, "what", text.t("send.files"));
      show(back, true);
    },
    showSealing: () => {
      setProgress(bar, null);
      setText(root, "time", "");
      setText(root, "what", text.t("send.sealing"));
      show(back, false);
    },
    onBack: (listener) => onClick(back, listener),
  };
}

function waitForFiles(files: Files, screen: Screen): Promise<"stored" | "refused" | "back"> {
  const refusedBefore = files.refusedCount();
  return new Promise((resolve) => {
    const look = (): void => {
      screen.showFiles(files);
      if (files.refusedCount() > refusedBefore) resolve("refused");
      else if (files.goingCount() === 0) resolve("stored");
    };
    files.onChange(look);
    screen.onBack(() => resolve("back"));
    look();
  });
}

/**
 * One bar over all: files still on their way, then the message itself. When the source goes back,
 * or has to, nothing was sent. What `send` throws comes through.
 */
export async function sendWithProgress(app: App, sending: Sending): Promise<SendingEnd> {
  const screen = createScreen(app);
  app.stage.show(screen.root);
  const files = await waitForFiles(sending.files, screen);
  if (files !== "stored") return files;
  screen.showSealing();
  return sending.send();
}
