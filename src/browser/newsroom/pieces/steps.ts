import { byRole, clone, focusOn } from "../../kit/dom.ts";
import type { App } from "../shell/app.ts";

/** One thing after the other, with the way shown and a way back: set-up, joining, a new passphrase. */
export type Step<Draft> = {
  /** Key of its name in the list of steps; steps that share one are one entry there. */
  readonly label: string;
  readonly template: string;
  /** Left out, both ways, by what has been said before it. */
  skip?(draft: Draft): boolean;
  open(part: HTMLElement, walk: Walk<Draft>): void;
};

export type Walk<Draft> = {
  readonly app: App;
  readonly draft: Draft;
  next(): void;
  back(): void;
};

export type Way<Draft> = {
  readonly steps: readonly Step<Draft>[];
  readonly draft: Draft;
  /** After the last step. */
  done(): void;
  /** Back from the first step. */
  leave(): void;
};

const listSteps = (list: HTMLElement, labels: readonly string[], current: string): void => {
  list.replaceChildren(
    ...labels.map((label) => {
      const item = document.createElement("li");
      item.textContent = label;
      if (label === current) item.setAttribute("aria-current", "step");
      return item;
    }),
  );
};

export const walkSteps = <Draft>(app: App, way: Way<Draft>): void => {
  const { steps, draft } = way;
  const frame = app.show("screen-steps");
  const labels = [...new Set(steps.map((step) => app.text.t(step.label)))];
  const showStep = (step: Step<Draft>, index: number): void => {
    const part = clone(step.template);
    byRole(frame, "stage").replaceChildren(part);
    listSteps(byRole(frame, "steps"), labels, app.text.t(step.label));
    step.open(part, { app, draft, next: () => go(index, 1), back: () => go(index, -1) });
    focusOn(byRole(part, "title"));
    globalThis.scrollTo(0, 0);
  };
  const go = (from: number, by: 1 | -1): void => {
    const index = from + by;
    const step = steps[index];
    if (step?.skip?.(draft) === true) go(index, by);
    else if (step !== undefined) showStep(step, index);
    else if (index < 0) way.leave();
    else way.done();
  };
  go(-1, 1);
};
