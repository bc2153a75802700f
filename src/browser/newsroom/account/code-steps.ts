import { byRole, onClick, showLines } from "../../kit/dom.ts";
import { onValid, openForm } from "../pieces/form.ts";
import type { Step, Walk } from "../pieces/steps.ts";
import type { Desk } from "../shell/view.ts";
import { confirmStep, walkFromDesk } from "./from-desk.ts";

type Draft = Record<string, never>;

/** Groups of four, behind the place: `3-ABCD-EFGH-JKMN`. */
const grouped = (code: string): string => code.replace(/(.)(.{4})(.{4})(.{4})/, "$1-$2-$3-$4");

const openCodes = (part: HTMLElement, { app, next, back }: Walk<Draft>): void => {
  const form = openForm(part);
  const showCodes = async (): Promise<void> => {
    const codes = await app.keys().draftRecoveryCodes(undefined);
    showLines(byRole(part, "codes"), codes.map(grouped));
  };
  void showCodes();
  onClick(byRole(part, "print"), () => globalThis.print());
  onClick(byRole(part, "back"), back);
  onValid(form, app.text, {
    rules: [],
    act: async () => {
      await app.keys().setRecoveryCodes(undefined);
      next();
    },
  });
};

const codesStep: Step<Draft> = {
  label: "steps.codes",
  template: "step-codes",
  open: openCodes,
};

/** Ten codes, made here, shown once; the old ones count until the last button. */
export const makeCodes = (desk: Desk): void =>
  walkFromDesk<Draft>(desk, {
    steps: [confirmStep({ title: "codes.title", lead: "codes.confirm" }), codesStep],
    draft: {},
    said: () => "codes.done",
  });
