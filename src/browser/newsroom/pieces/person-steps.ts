import { staffLimits } from "../../../protocol/public/staff-api.ts";
import { byRole, onClick, setText } from "../../kit/dom.ts";
import type { SecondFactor } from "../worker/second-factor.ts";
import { codeRule, digits, onValid, openForm, type Rule } from "./form.ts";
import { openNewPassphrase } from "./new-passphrase.ts";
import { qrCode } from "./qr.ts";
import type { Step, Walk } from "./steps.ts";

/** What set-up and joining ask of a person: names, passphrase, second factor. */
export type PersonDraft = {
  name: string;
  userName: string;
  passphrase: string;
};

const USER_NAME = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

const nameRule: Rule = {
  role: "shown-name",
  wrong: (value) => {
    const name = value.trim().normalize("NFC");
    if (name === "") return "form.required";
    if (name.length > staffLimits.shownNameCharacters) return "person.nameTooLong";
    return UNPRINTABLE.test(name) ? "person.nameOdd" : null;
  },
};

const userNameRule: Rule = {
  role: "user-name",
  wrong: (value) => {
    const name = value.trim().toLowerCase();
    if (name === "") return "form.required";
    const fits = USER_NAME.test(name) && name.length <= staffLimits.userNameCharacters;
    return fits ? null : "person.userNameOdd";
  },
};

export const personStep = <Draft extends PersonDraft>(leadKey: string): Step<Draft> => ({
  label: "steps.person",
  template: "step-person",
  open: (part, { app, draft, next, back }) => {
    const form = openForm(part);
    setText(part, "lead", app.text.t(leadKey));
    form.set("shown-name", draft.name);
    form.set("user-name", draft.userName);
    const chosen = openNewPassphrase(form, {
      text: app.text,
      strength: app.strength(),
      context: () => [form.value("shown-name"), form.value("user-name")],
    });
    onValid(form, app.text, {
      rules: [nameRule, userNameRule, ...chosen.rules],
      act: async () => {
        if (!(await chosen.accept())) return;
        draft.name = form.value("shown-name").normalize("NFC");
        draft.userName = form.value("user-name").toLowerCase();
        draft.passphrase = chosen.value();
        next();
      },
    });
    onClick(byRole(part, "back"), back);
  },
});

export type FactorUse<Draft, Result> = {
  /** Key of the words on the button that sends the code. */
  readonly submit: string;
  factor(draft: Draft): Promise<SecondFactor>;
  /** Makes the account, or whatever the code is for; the step is over when it answers. */
  finish(draft: Draft, totpCode: string): Promise<Result>;
  done(result: Result, walk: Walk<Draft>): void;
  /** Where something else than the code can be wrong too. */
  readonly sentences?: Readonly<Record<string, string>>;
};

/** Groups of four are easier to copy by hand. */
const grouped = (secret: string): string => secret.replace(/(.{4})(?=.)/g, "$1 ");

const openFactor = <Draft, Result>(
  use: FactorUse<Draft, Result>,
  part: HTMLElement,
  walk: Walk<Draft>,
): void => {
  const { app, draft, back } = walk;
  const form = openForm(part);
  setText(part, "submit", app.text.t(use.submit));
  const showFactor = async (): Promise<void> => {
    const { secret, uri } = await use.factor(draft);
    byRole(part, "qr").replaceChildren(qrCode(uri, app.text.t("factor.qr")));
    setText(part, "secret", grouped(secret));
  };
  void showFactor();
  onValid(form, app.text, {
    rules: [codeRule("code")],
    // Elsewhere nothing but the code can be wrong of the three that this refusal names.
    sentences: use.sentences ?? { "wrong-login": "factor.wrongCode" },
    act: async () => use.done(await use.finish(draft, digits(form.value("code"))), walk),
  });
  onClick(byRole(part, "back"), back);
};

export const factorStep = <Draft, Result>(use: FactorUse<Draft, Result>): Step<Draft> => ({
  label: "steps.factor",
  template: "step-factor",
  open: (part, walk) => openFactor(use, part, walk),
});
