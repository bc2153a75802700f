import { codeOf } from "../../kit/code-error.ts";
import { paperSteps } from "../pieces/paper-steps.ts";
import { factorStep, type PersonDraft, personStep } from "../pieces/person-steps.ts";
import { type Step, walkSteps } from "../pieces/steps.ts";
import type { App } from "../shell/app.ts";
import { goStanding } from "../shell/enter.ts";
import type { Standing } from "../worker/standing.ts";

type Draft = PersonDraft & { readonly recovery: readonly string[] };

const steps = (app: App): readonly Step<Draft>[] => [
  personStep<Draft>("person.journalistLead"),
  ...paperSteps<Draft>({
    name: "recovery",
    label: "steps.recoveryWords",
    words: (draft) => draft.recovery,
  }),
  factorStep<Draft, Standing>({
    submit: "join.finish",
    factor: ({ userName }) => app.keys().joinFactor({ userName }),
    finish: ({ name, userName, passphrase }, totpCode) =>
      app.keys().finishJoining({ name, userName, passphrase, totpCode }),
    done: (standing) => goStanding(app, standing),
  }),
];

/** An invited journalist makes keys here; nothing is sent before the last step. */
export const join = async (app: App, secret: Uint8Array): Promise<void> => {
  try {
    const { recovery } = await app.keys().startJoining({ secret });
    walkSteps<Draft>(app, {
      steps: steps(app),
      draft: { name: "", userName: "", passphrase: "", recovery },
      done: () => undefined,
      leave: () => app.go({ at: "start" }),
    });
  } catch (error) {
    app.dropKeys();
    app.go({ at: "stopped", code: codeOf(error) });
  }
};
