import { confirmStep } from "../../kit/confirm.ts";
import { byRole, clone, onClick, setText, show } from "../../kit/dom.ts";
import type { Text } from "../../kit/text.ts";
import { showWords } from "../pieces/words.ts";
import type { Desk } from "../shell/view.ts";
import type { Work } from "../shell/work.ts";
import type { NewsroomKeyState } from "../worker/rotating.ts";
import { rotation } from "./rotation.ts";

/** The newsroom's own key: its words, and the ways to another one. */

const sinceWords = (text: Text, state: NewsroomKeyState): string => {
  const day = text.day(state.sinceDay);
  if (state.changes === 0) return text.t("newsroomKey.since", { day });
  const how = state.stolen ? "newsroomKey.sinceStolen" : "newsroomKey.sinceChange";
  return text.t(how, { day });
};

/** One that broke off, or that a colleague made void. */
const fillPending = (part: HTMLElement, desk: Desk, given: Given): void => {
  const { state, act } = given;
  const { text, keys } = desk;
  const { pending } = state;
  show(byRole(part, "pending"), pending !== null);
  if (pending === null) return;
  const kind = pending.state === "void" ? "void" : "open";
  const day = text.day(pending.day);
  setText(part, "pending-title", text.t(`newsroomKey.${kind}Title`, { day }));
  setText(part, "pending-text", text.t(`newsroomKey.${kind}Text`, { day }));
  show(byRole(part, "pending-open"), kind === "open");
  const forgetting = byRole(part, "forgetting");
  setText(forgetting, "ask", text.t(`newsroomKey.${kind}Forget`));
  setText(forgetting, "do", text.t(`newsroomKey.${kind}ForgetDo`));
  setText(forgetting, "asking-title", text.t(`newsroomKey.${kind}Ask`));
  onClick(byRole(part, "resume"), () => {
    keys
      .resumeRotation(undefined)
      .then(() => rotation.done(desk.app, desk.me, () => desk.leave()), desk.trouble);
  });
  confirmStep(forgetting, () =>
    act(keys.forgetRotation(undefined), text.t(`newsroomKey.${kind}Forgotten`)),
  );
};

type Given = { readonly state: NewsroomKeyState; readonly act: Work };

const fillActions = (part: HTMLElement, desk: Desk, state: NewsroomKeyState): void => {
  show(byRole(part, "not-held"), !state.held && state.pending === null);
  show(byRole(part, "key-actions"), state.pending === null);
  const rotate = byRole(part, "rotate");
  // Without the key it cannot sign its own end: the sheet alone changes it, and sources are told.
  show(rotate, state.held);
  const begin = (stolen: boolean): void => {
    // What must be confirmed first stands on the desk, not among the steps.
    desk.keys.checkMaySign(undefined).then(() => {
      desk.leave();
      rotation.begin(desk.app, desk.me, stolen);
    }, desk.trouble);
  };
  onClick(rotate, () => begin(false));
  onClick(byRole(part, "stolen"), () => begin(true));
};

export const showNewsroomKey = (place: HTMLElement, desk: Desk, given: Given): void => {
  const { state } = given;
  const part = clone("part-newsroom-key");
  setText(part, "since", sinceWords(desk.text, state));
  showWords(part, state.words);
  const admin = desk.me.role === "admin";
  show(byRole(part, "key-admin"), admin);
  if (admin) {
    fillPending(part, desk, given);
    fillActions(part, desk, state);
  }
  place.replaceChildren(part);
};
