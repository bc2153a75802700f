import { byRole, onClick, setText } from "../../kit/dom.ts";
import { onValid, openForm, required } from "../pieces/form.ts";
import { type Step, type Walk, walkSteps } from "../pieces/steps.ts";
import { lockWhenIdle } from "../shell/idle-lock.ts";
import type { Desk } from "../shell/view.ts";

/** Steps that begin at the account page and end there, with the keys still open. */
export const walkFromDesk = <Draft>(
  desk: Desk,
  way: {
    readonly steps: readonly Step<Draft>[];
    readonly draft: Draft;
    /** What the account page says afterwards; asked at the end. */
    said(draft: Draft): string;
  },
): void => {
  const { app, me } = desk;
  desk.leave();
  const idle = lockWhenIdle(app, () => me.userName);
  const home = { at: "desk", me, view: "account" } as const;
  walkSteps(app, {
    steps: way.steps,
    draft: way.draft,
    done: () => {
      idle.stop();
      app.go({ ...home, said: way.said(way.draft) });
    },
    leave: () => {
      idle.stop();
      app.go(home);
    },
  });
};

type Confirming = { readonly title: string; readonly lead: string };

const openConfirm = <Draft>(part: HTMLElement, walk: Walk<Draft>, texts: Confirming): void => {
  const { app, next, back } = walk;
  const form = openForm(part);
  setText(part, "title", app.text.t(texts.title));
  setText(part, "lead", app.text.t(texts.lead));
  onValid(form, app.text, {
    rules: [required("passphrase")],
    sentences: { "wrong-login": "unlock.wrong" },
    act: async () => {
      await app.keys().checkPassphrase({ passphrase: form.field("passphrase").value });
      next();
    },
  });
  onClick(byRole(part, "back"), back);
};

/** The passphrase first: an open desk alone must not be enough to add a way in. */
export const confirmStep = <Draft>(texts: Confirming): Step<Draft> => ({
  label: "steps.confirm",
  template: "step-confirm",
  open: (part, walk) => openConfirm(part, walk, texts),
});
