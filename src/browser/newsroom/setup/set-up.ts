import { SETTINGS_LIMITS } from "../../../protocol/public/settings.ts";
import { codeOf } from "../../kit/code-error.ts";
import { byRole, onClick } from "../../kit/dom.ts";
import { onValid, openForm, type Rule } from "../pieces/form.ts";
import { paperSteps } from "../pieces/paper-steps.ts";
import { factorStep, type PersonDraft, personStep } from "../pieces/person-steps.ts";
import { type Step, type Walk, walkSteps } from "../pieces/steps.ts";
import { fillPublish } from "../publish/fill-publish.ts";
import type { App } from "../shell/app.ts";
import { lockWhenIdle } from "../shell/idle-lock.ts";
import { rememberUser } from "../shell/last-user.ts";
import type { SetUpWords } from "../worker/set-up.ts";
import type { Standing } from "../worker/standing.ts";

type Draft = PersonDraft & {
  newsroomName: string;
  words: string;
  otherContact: string;
  readonly paper: SetUpWords;
};

const within = (role: string, most: number, need: boolean): Rule => ({
  role,
  wrong: (value) => {
    if (need && value.trim() === "") return "form.required";
    return value.trim().length > most ? "form.tooLong" : null;
  },
});

const openNewsroom = (part: HTMLElement, { app, draft, next }: Walk<Draft>): void => {
  const form = openForm(part);
  form.set("newsroom-name", draft.newsroomName);
  form.set("page-words", draft.words);
  form.set("other-contact", draft.otherContact);
  onValid(form, app.text, {
    rules: [
      within("newsroom-name", SETTINGS_LIMITS.newsroomName, true),
      within("page-words", SETTINGS_LIMITS.words, false),
      within("other-contact", SETTINGS_LIMITS.otherContact, true),
    ],
    act: async () => {
      draft.newsroomName = form.value("newsroom-name");
      draft.words = form.value("page-words");
      draft.otherContact = form.value("other-contact");
      next();
    },
  });
};

const newsroomStep: Step<Draft> = {
  label: "steps.newsroom",
  template: "step-newsroom",
  open: openNewsroom,
};

const showReady = async (app: App, standing: Standing): Promise<void> => {
  rememberUser(standing.me.userName);
  const screen = app.show("screen-ready");
  const link = await app.keys().readyLink(undefined);
  byRole(screen, "publish").append(fillPublish(app.text, link));
  const idle = lockWhenIdle(app, () => standing.me.userName);
  onClick(byRole(screen, "enter"), () => {
    idle.stop();
    app.go({ at: "desk", me: standing.me });
  });
};

const steps = (app: App, setupToken: Uint8Array): readonly Step<Draft>[] => [
  newsroomStep,
  personStep<Draft>("person.adminLead"),
  ...paperSteps<Draft>({
    name: "newsroom",
    label: "steps.newsroomWords",
    words: (draft) => draft.paper.newsroom,
  }),
  ...paperSteps<Draft>({
    name: "recovery",
    label: "steps.recoveryWords",
    words: (draft) => draft.paper.recovery,
  }),
  factorStep<Draft, Standing>({
    submit: "setUp.finish",
    factor: ({ userName }) => app.keys().setUpFactor({ userName }),
    finish: ({ newsroomName, words, otherContact, name, userName, passphrase }, totpCode) =>
      app.keys().finishSetUp({
        setupToken,
        newsroomName,
        words,
        otherContact,
        name,
        userName,
        passphrase,
        totpCode,
      }),
    done: (standing) => void showReady(app, standing),
  }),
];

/** The first admin makes the newsroom, by the one-time link. Nothing is stored before the last step. */
export const setUp = async (app: App, setupToken: Uint8Array): Promise<void> => {
  try {
    const paper = await app.keys().startSetUp({ setupToken });
    const person = { name: "", userName: "", passphrase: "" };
    walkSteps<Draft>(app, {
      steps: steps(app, setupToken),
      draft: { ...person, newsroomName: "", words: "", otherContact: "", paper },
      done: () => undefined,
      leave: () => app.go({ at: "start" }),
    });
  } catch (error) {
    app.dropKeys();
    app.go({ at: "stopped", code: codeOf(error) });
  }
};
