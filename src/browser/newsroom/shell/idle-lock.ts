import type { App } from "./app.ts";
import { type IdleWatch, watchIdle } from "./idle.ts";

/** For screens outside the desk that hold open keys: the same quarter of an hour. */
export const lockWhenIdle = (app: App, userName: () => string): IdleWatch => {
  const watch = watchIdle({
    now: () => Date.now(),
    lock: () => {
      watch.stop();
      app.dropKeys();
      const notice = "unlock.idle";
      const name = userName();
      app.go(name === "" ? { at: "login", notice } : { at: "unlock", userName: name, notice });
    },
    touch: () => {
      app
        .keys()
        .touch(undefined)
        .catch(() => undefined);
    },
  });
  return watch;
};
