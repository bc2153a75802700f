import { byId, clone, focusOn } from "../kit/dom.ts";
import { createScriptUrls } from "../kit/script-url.ts";
import { pageText } from "../kit/text.ts";
import { type Caller, createCaller, remote } from "../kit/worker-rpc.ts";
import { factorReset } from "./entrance/factor-reset.ts";
import { login } from "./entrance/login.ts";
import { lost } from "./entrance/lost.ts";
import { recover } from "./entrance/recover.ts";
import { start } from "./entrance/start.ts";
import { stopped } from "./entrance/stopped.ts";
import { unlock } from "./entrance/unlock.ts";
import { join } from "./join/join.ts";
import { waiting } from "./join/waiting.ts";
import { setUp } from "./setup/set-up.ts";
import type { App, Place } from "./shell/app.ts";
import { desk } from "./shell/desk.ts";
import { placeOf, takeFragment } from "./shell/fragment.ts";
import type { StrengthWorker } from "./strength/main.ts";
import type { NewsroomEvent } from "./worker/events.ts";
import type { NewsroomWorker } from "./worker/main.ts";

/** Built in: the hashed paths of this app's workers. */
declare const NEWSROOM_WORKER: string;
declare const NEWSROOM_STRENGTH: string;
declare const STREAMER: string;

const urls = createScriptUrls([NEWSROOM_WORKER, NEWSROOM_STRENGTH, STREAMER]);

const createApp = (): App => {
  let listener: (event: NewsroomEvent) => void = () => undefined;
  let keys: Caller<NewsroomWorker> | null = null;
  let strength: Caller<StrengthWorker> | null = null;
  const startKeys = (): Caller<NewsroomWorker> => {
    const caller = createCaller<NewsroomWorker>(urls.worker(NEWSROOM_WORKER));
    caller.onEvent((event) => listener(event as NewsroomEvent));
    return caller;
  };
  const app: App = {
    text: pageText(),
    urls,
    keys: () => {
      keys ??= startKeys();
      return remote(keys);
    },
    dropKeys: () => {
      keys?.stop();
      keys = null;
      listener = () => undefined;
    },
    strength: () => {
      strength ??= createCaller<StrengthWorker>(urls.worker(NEWSROOM_STRENGTH));
      return remote(strength);
    },
    listen: (next) => {
      listener = next;
    },
    show: (templateId) => {
      const screen = clone(templateId);
      byId("app").replaceChildren(screen);
      const title = screen.querySelector<HTMLElement>('[data-role="title"]');
      if (title !== null) focusOn(title);
      globalThis.scrollTo(0, 0);
      return screen;
    },
    go: (place) => show(app, place),
  };
  return app;
};

const show = (app: App, place: Place): void => {
  switch (place.at) {
    case "start":
      void start(app);
      break;
    case "login":
      login(app, place);
      break;
    case "unlock":
      unlock(app, place);
      break;
    case "recover":
      recover(app, place);
      break;
    case "lost":
      lost(app);
      break;
    case "set-up":
      void setUp(app, place.token);
      break;
    case "join":
      void join(app, place.secret);
      break;
    case "factor-reset":
      void factorReset(app, place.secret);
      break;
    case "waiting":
      void waiting(app, place.me);
      break;
    case "desk":
      desk(app, place);
      break;
    case "stopped":
      stopped(app, place.code);
      break;
  }
};

const app = createApp();
app.go(takeFragment());
// A link that is followed in this same tab changes only the fragment: begun anew, nothing of what was open goes on.
globalThis.addEventListener("hashchange", () => {
  if (placeOf(location.hash).at !== "start") location.reload();
});
