import { factorStep } from "../pieces/person-steps.ts";
import type { Desk } from "../shell/view.ts";
import { confirmStep, walkFromDesk } from "./from-desk.ts";

type Draft = Record<string, never>;

/** Another authenticator app: a new phone, or one that was lost. */
export const setUpApp = (desk: Desk): void => {
  const keys = desk.app.keys;
  walkFromDesk<Draft>(desk, {
    steps: [
      confirmStep({ title: "newApp.title", lead: "newApp.confirm" }),
      factorStep<Draft, void>({
        submit: "newApp.finish",
        factor: () => keys().draftApp({ userName: desk.me.userName }),
        finish: (_, totpCode) => keys().setApp({ totpCode }),
        done: (_, walk) => walk.next(),
      }),
    ],
    draft: {},
    said: () => "newApp.done",
  });
};
