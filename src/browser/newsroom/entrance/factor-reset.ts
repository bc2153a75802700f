import { codeOf } from "../../kit/code-error.ts";
import { byRole, onClick } from "../../kit/dom.ts";
import { openDevicePart } from "../pieces/device-part.ts";
import { onValid, openForm, required } from "../pieces/form.ts";
import { factorStep } from "../pieces/person-steps.ts";
import { type Step, type Walk, walkSteps } from "../pieces/steps.ts";
import type { App } from "../shell/app.ts";
import { goStanding } from "../shell/enter.ts";
import type { Standing } from "../worker/standing.ts";

type Draft = {
  userName: string;
  passphrase: string;
  device: string | null;
  readonly secret: Uint8Array;
};

const openWho = (part: HTMLElement, { app, draft, next, back }: Walk<Draft>): void => {
  const form = openForm(part);
  const device = openDevicePart(form, app.keys);
  form.set("user-name", draft.userName);
  onValid(form, app.text, {
    rules: [required("user-name"), required("passphrase"), ...device.rules],
    act: async () => {
      draft.userName = form.value("user-name").toLowerCase();
      draft.passphrase = form.field("passphrase").value;
      draft.device = device.taken().device;
      next();
    },
  });
  onClick(byRole(part, "back"), back);
};

const steps = (app: App): readonly Step<Draft>[] => [
  { label: "steps.who", template: "step-reset", open: openWho },
  factorStep<Draft, Standing>({
    submit: "reset.finish",
    sentences: { "wrong-login": "reset.wrong" },
    factor: ({ userName }) => app.keys().draftApp({ userName }),
    finish: (draft, totpCode) => app.keys().finishReset({ ...draft, totpCode }),
    done: (standing) => goStanding(app, standing),
  }),
];

/** By an admin's link: passphrase and a new app, together. */
export const factorReset = async (app: App, secret: Uint8Array): Promise<void> => {
  try {
    await app.keys().openReset({ secret });
    walkSteps<Draft>(app, {
      steps: steps(app),
      draft: { userName: "", passphrase: "", device: null, secret },
      done: () => undefined,
      leave: () => app.go({ at: "login" }),
    });
  } catch (error) {
    app.dropKeys();
    app.go({ at: "stopped", code: codeOf(error) });
  }
};
