import type { Me } from "../../../protocol/public/staff-api.ts";
import { byRole, onClick, setText } from "../../kit/dom.ts";
import type { Text } from "../../kit/text.ts";
import { onValid, openForm } from "../pieces/form.ts";
import { paperSteps } from "../pieces/paper-steps.ts";
import { type Step, type Walk, walkSteps } from "../pieces/steps.ts";
import { sheetRule, wordsOf } from "../pieces/words.ts";
import { fillPublish } from "../publish/fill-publish.ts";
import type { App } from "../shell/app.ts";
import { lockWhenIdle } from "../shell/idle-lock.ts";

/** From the old sheet of newsroom words to a new key: what will happen, the sheet, a new sheet, and only then the change. */

type Draft = {
  readonly stolen: boolean;
  /** The next sheet's. */
  words: readonly string[];
};

const receiversText = (text: Text, names: readonly string[], key: "will" | "did"): string =>
  names.length === 0
    ? text.t("rotation.nobody")
    : text.t(`rotation.${key}Receive`, { names: text.list(names) });

const tellReceivers = async (part: HTMLElement, app: App, key: "will" | "did"): Promise<void> => {
  const names = await app.keys().rotationReceivers(undefined);
  setText(part, "receivers", receiversText(app.text, names, key));
};

const openSheet = (part: HTMLElement, { app, draft, next, back }: Walk<Draft>): void => {
  const { t } = app.text;
  const how = draft.stolen ? "stolen" : "routine";
  setText(part, "title", t(`rotation.${how}Title`));
  setText(part, "lead", t(`rotation.${how}Lead`));
  setText(part, "sources", t(`rotation.${how}Sources`));
  const form = openForm(part);
  tellReceivers(part, app, "will").catch(() => undefined);
  onValid(form, app.text, {
    rules: [sheetRule("words")],
    act: async () => {
      const words = wordsOf(form.value("words")).join(" ");
      draft.words = await app.keys().startRotation({ words, stolen: draft.stolen });
      form.set("words", "");
      next();
    },
  });
  onClick(byRole(part, "back"), back);
};

const openDo = (part: HTMLElement, { app, next, back }: Walk<Draft>): void => {
  onValid(openForm(part), app.text, {
    rules: [],
    act: async () => {
      await app.keys().finishRotation(undefined);
      next();
    },
  });
  onClick(byRole(part, "back"), back);
};

const STEPS: readonly Step<Draft>[] = [
  { label: "steps.oldSheet", template: "step-rotation", open: openSheet },
  ...paperSteps<Draft>({
    name: "rotation",
    label: "steps.newSheet",
    words: (draft) => draft.words,
  }),
  { label: "steps.change", template: "step-rotation-do", open: openDo },
];

const showDone = async (app: App, me: Me): Promise<void> => {
  const { stolen } = await app.keys().newsroomKeyState(undefined);
  const ready = await app.keys().readyLink(undefined);
  const screen = app.show("screen-rotated");
  setText(screen, "text", app.text.t(stolen ? "rotation.doneStolen" : "rotation.doneRoutine"));
  byRole(screen, "publish").append(fillPublish(app.text, ready));
  const idle = lockWhenIdle(app, () => me.userName);
  onClick(byRole(screen, "enter"), () => {
    idle.stop();
    app.go({ at: "desk", me, view: "keys" });
  });
  await tellReceivers(screen, app, "did");
};

export const rotation = {
  begin: (app: App, me: Me, stolen: boolean): void => {
    const idle = lockWhenIdle(app, () => me.userName);
    const toDesk = (): void => app.go({ at: "desk", me, view: "keys" });
    walkSteps<Draft>(app, {
      steps: STEPS,
      draft: { stolen, words: [] },
      done: () => {
        idle.stop();
        showDone(app, me).catch(toDesk);
      },
      leave: () => {
        idle.stop();
        toDesk();
      },
    });
  },
  /** After one that was finished from the desk. */
  done: (app: App, me: Me, leaveDesk: () => void): void => {
    leaveDesk();
    showDone(app, me).catch(() => app.go({ at: "desk", me, view: "keys" }));
  },
};
