import type { Me } from "../../../protocol/public/staff-api.ts";
import { codeOf } from "../../kit/code-error.ts";
import { byRole, onClick, setText } from "../../kit/dom.ts";
import { whenBack } from "../../kit/now-and-then.ts";
import { whenChanged } from "../../kit/when-changed.ts";
import { sentenceOf } from "../pieces/form.ts";
import type { NewsroomEvent } from "../worker/events.ts";
import type { Overview } from "../worker/overview.ts";
import type { Witnessed } from "../worker/witnessing.ts";
import type { App } from "./app.ts";
import { createNavigation, createSays, createStage, stateWords } from "./frame.ts";
import { watchIdle } from "./idle.ts";
import { forgetUser } from "./last-user.ts";
import type { Desk } from "./view.ts";
import type { ViewId, ViewPart } from "./view-id.ts";
import { showWarnings } from "./warnings.ts";
import { logWords, showWitnessed } from "./witness.ts";

/** The members' frame: navigation, warnings, one view at a time, a state line that tells the truth in a few words. */

type Ending = Parameters<Desk["end"]>[0];

const IDLE: Ending = { session: "kept", notice: "unlock.idle" };

/** How an error ends the desk; null when it is only to be said. */
const endingOf = (code: string): Ending | null => {
  if (code === "not-logged-in") return { session: "ended", notice: "login.ended" };
  return code === "session-locked" ? IDLE : null;
};

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("input, textarea, select") !== null;

const goOut = (app: App, userName: string, ending: Ending): void => {
  const notice = ending.notice === undefined ? {} : { notice: ending.notice };
  if (ending.session === "kept") {
    app.go({ at: "unlock", userName, ...notice });
    return;
  }
  forgetUser();
  app.go({ at: "login", ...notice });
};

type DeskPlace = { readonly me: Me; readonly view?: ViewId; readonly said?: string };

export const desk = (app: App, place: DeskPlace): void => {
  const { me } = place;
  const { text } = app;
  const screen = app.show("screen-desk");
  const says = createSays(screen);
  const stage = createStage(screen);
  const keys = app.keys();

  const end = (ending: Ending): void => {
    leave();
    // Keys go first, then the page.
    app.dropKeys();
    goOut(app, me.userName, ending);
  };
  const ends = (error: unknown): boolean => {
    const code = codeOf(error);
    const ending = endingOf(code);
    if (ending !== null) end(ending);
    return ending !== null || code === "stopped";
  };
  const trouble = (error: unknown): void => {
    if (ends(error)) return;
    says.alert(sentenceOf(text, error));
    if (codeOf(error) !== "roster-unconfirmed") return;
    // The question may have been put off: what the sentence asks for must be on the page.
    warnings.forget();
    askOverview();
  };
  const askOverview = (): void => {
    keys.overview(undefined).then(takeOverview, trouble);
  };
  /** Whether the session holds. */
  const touch = async (): Promise<boolean> => {
    try {
      await keys.touch(undefined);
      return true;
    } catch (error) {
      ends(error);
      return false;
    }
  };
  const go = (id: ViewId, part?: ViewPart): void => {
    says.alert("");
    navigation.mark(id);
    stage.open(id, given, part);
  };
  const given: Desk = {
    text,
    urls: app.urls,
    keys,
    strength: app.strength,
    app,
    me,
    go,
    on: stage.listen,
    state: (words) => {
      setText(screen, "state", words === "" ? "" : `${words} ·`);
    },
    ends,
    trouble,
    done: says.done,
    end,
    leave: () => leave(),
  };
  const warnings = whenChanged<Overview>((overview) =>
    showWarnings(byRole(screen, "warnings"), given, overview),
  );
  const witness = whenChanged<Pick<Witnessed, "findings" | "changes">>((found) =>
    showWitnessed(byRole(screen, "witness"), given, found),
  );
  const takeOverview = (overview: Overview): void => {
    setText(screen, "newsroom-name", overview.newsroomName);
    setText(screen, "state-keys", stateWords(text, overview));
    warnings.take(overview);
  };
  const takeWitnessed = (witnessed: Witnessed): void => {
    const { findings, changes } = witnessed;
    witness.take({ findings, changes });
    setText(screen, "state-log", logWords(given, witnessed));
  };
  const takeEvent = (event: NewsroomEvent): void => {
    if (event.kind === "locked") {
      // Locked, or ended by a colleague or from another browser: the server says which. Else what this worker holds is not what is there any more.
      void touch().then((holds) => {
        if (holds) end({ session: "kept", notice: "unlock.anew" });
      });
      return;
    }
    if (event.kind === "overview") takeOverview(event.overview);
    if (event.kind === "witnessed") takeWitnessed(event.witnessed);
    stage.tell(event);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    stage.key(event);
  };
  const logOut = async (): Promise<void> => {
    await keys.logOut({ everywhere: false });
    end({ session: "ended" });
  };
  const leave = (): void => {
    idle.stop();
    endBack();
    document.removeEventListener("keydown", onKey);
    stage.close();
  };

  const navigation = createNavigation(screen, { admin: me.role === "admin", go });
  const idle = watchIdle({
    now: () => Date.now(),
    lock: () => end(IDLE),
    touch: () => void touch(),
  });
  const endBack = whenBack(() => void keys.lookAround(undefined).catch(ends));
  document.addEventListener("keydown", onKey);
  app.listen(takeEvent);
  onClick(byRole(screen, "lock"), () => end({ session: "kept" }));
  onClick(byRole(screen, "leave"), () => void logOut().catch(trouble));
  askOverview();
  keys.witnessed(undefined).then(takeWitnessed, trouble);
  go(place.view ?? "inbox");
  if (place.said !== undefined) says.done(text.t(place.said));
};
