import { codeOf } from "../../kit/code-error.ts";
import { byRole, byRoleOf, isFocusLost, onClick, onSubmit, show } from "../../kit/dom.ts";
import { clearErrors, type FieldError, showErrors } from "../../kit/form-errors.ts";
import type { Text } from "../../kit/text.ts";
import { troubleText } from "../shell/app.ts";

export type TextField = HTMLInputElement | HTMLTextAreaElement;

/** A rule answers the key of its sentence, or null when the value is right. */
export type Rule = {
  readonly role: string;
  readonly wrong: (value: string) => string | null;
};

export type Form = {
  readonly root: HTMLElement;
  field(role: string): TextField;
  /** Trimmed; a passphrase is taken raw by `field(role).value`. */
  value(role: string): string;
  set(role: string, value: string): void;
  /** A sentence about the whole form; null takes it away. */
  alert(sentence: string | null): void;
};

export type Submit = {
  readonly rules: readonly Rule[];
  /** Sentences of this form's own for some error codes: keys of the catalogue. */
  readonly sentences?: Readonly<Record<string, string>>;
  act(): Promise<void>;
};

const textField = (root: ParentNode, role: string): TextField => {
  const field = byRole(root, role);
  return field instanceof HTMLTextAreaElement ? field : byRoleOf(root, role, HTMLInputElement);
};

export const openForm = (root: HTMLElement): Form => {
  const alertPart = byRole(root, "alert");
  return {
    root,
    field: (role) => textField(root, role),
    value: (role) => textField(root, role).value.trim(),
    set: (role, value) => {
      textField(root, role).value = value;
    },
    alert: (sentence) => {
      alertPart.textContent = sentence ?? "";
      show(alertPart, sentence !== null);
    },
  };
};

/** What to say of a failure, with the time to wait where the server names one. */
export const sentenceOf = (text: Text, error: unknown): string => {
  const code = codeOf(error);
  const seconds = (error as { details?: Record<string, unknown> } | null)?.details?.[
    "retryAfterSeconds"
  ];
  if (code === "wait" && typeof seconds === "number") {
    return text.t("error.waitFor", { time: text.duration(seconds) });
  }
  return troubleText(text, code);
};

const errorsOf = (form: Form, text: Text, rules: readonly Rule[]): readonly FieldError[] =>
  rules.flatMap(({ role, wrong }) => {
    const key = wrong(form.field(role).value);
    if (key === null) return [];
    const field = form.field(role);
    const label = field.labels?.[0]?.textContent ?? "";
    return [{ field, text: text.t(key), ...(label === "" ? {} : { label }) }];
  });

type Acting = { readonly element: HTMLElement; readonly button: HTMLButtonElement };

const acting = (form: Form, text: Text, submit: Submit & Acting): (() => void) => {
  const { element, button } = submit;
  const act = async (): Promise<void> => {
    const held = document.activeElement;
    button.disabled = true;
    element.setAttribute("aria-busy", "true");
    try {
      await submit.act();
    } catch (error) {
      const own = submit.sentences?.[codeOf(error)];
      form.alert(own === undefined ? sentenceOf(text, error) : text.t(own));
    } finally {
      button.disabled = false;
      element.removeAttribute("aria-busy");
      if (isFocusLost() && held instanceof HTMLElement && held.isConnected) held.focus();
    }
  };
  return () => {
    if (button.disabled) return;
    form.alert(null);
    clearErrors(element);
    const errors = errorsOf(form, text, submit.rules);
    if (errors.length > 0) showErrors(element, errors);
    else void act();
  };
};

const elementOf = ({ root }: Form): HTMLElement =>
  root instanceof HTMLFormElement ? root : byRole(root, "form");

/** Checks the rules, then acts once at a time; what goes wrong is said in the form. */
export const onValid = (form: Form, text: Text, submit: Submit): void => {
  const element = elementOf(form);
  const button = byRoleOf(form.root, "submit", HTMLButtonElement);
  onSubmit(element, acting(form, text, { ...submit, element, button }));
};

/** The same for a button beside the one that sends the form. */
export const onPress = (form: Form, text: Text, submit: Submit & { role: string }): void => {
  const button = byRoleOf(form.root, submit.role, HTMLButtonElement);
  onClick(button, acting(form, text, { ...submit, element: elementOf(form), button }));
};

export const required = (role: string): Rule => ({
  role,
  wrong: (value) => (value.trim() === "" ? "form.required" : null),
});

export const codeRule = (role: string): Rule => ({
  role,
  wrong: (value) => (/^\d{3}\s?\d{3}$/.test(value.trim()) ? null : "form.sixDigits"),
});

export const digits = (value: string): string => value.replace(/\s/g, "");
