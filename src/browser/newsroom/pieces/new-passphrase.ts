import { byRole, byRoleOf, on, onClick, setText, show } from "../../kit/dom.ts";
import type { Text } from "../../kit/text.ts";
import type { Strength } from "../shell/app.ts";
import type { Form, Rule } from "./form.ts";

/** zxcvbn's scale: 4 is beyond 10^10 guesses, and each of ours costs 64 MiB and three passes. */
const LEAST_SCORE = 4;
const LEAST_LENGTH = 12;

export type NewPassphrase = {
  readonly rules: readonly Rule[];
  /** Rates what is typed; false (and said in the form) when it is too easy to guess. */
  accept(): Promise<boolean>;
  value(): string;
};

export type PassphraseWorld = {
  readonly text: Text;
  readonly strength: Strength;
  /** Names that an attacker would try first. */
  context(): readonly string[];
};

const offerWords = (root: HTMLElement, form: Form, strength: Strength): void => {
  const offer = byRole(root, "offer");
  const use = byRoleOf(root, "use-offer", HTMLButtonElement);
  const renew = async (): Promise<void> => {
    offer.textContent = await strength.suggest(undefined);
    use.disabled = false;
  };
  onClick(byRole(root, "other-offer"), () => void renew());
  onClick(use, () => {
    form.set("passphrase", offer.textContent ?? "");
    form.field("passphrase").dispatchEvent(new Event("input"));
    form.field("repeat").focus();
  });
  void renew();
};

const showMeter = (root: HTMLElement, text: Text, score: number | null): void => {
  show(byRole(root, "strength"), score !== null);
  if (score === null) return;
  byRoleOf(root, "strength-meter", HTMLMeterElement).value = score;
  setText(root, "strength-words", text.t(`strength.${score}`));
};

const letSee = (root: HTMLElement, form: Form): void => {
  const tick = byRoleOf(root, "show-passphrase", HTMLInputElement);
  on(tick, "change", () => {
    for (const role of ["passphrase", "repeat"]) {
      form.field(role).setAttribute("type", tick.checked ? "text" : "password");
    }
  });
};

/** Six random words are offered; one's own are rated while typed. */
export const openNewPassphrase = (form: Form, world: PassphraseWorld): NewPassphrase => {
  const { text, strength } = world;
  const root = byRole(form.root, "new-passphrase");
  const field = form.field("passphrase");
  let latest = 0;
  const rate = (): Promise<number> =>
    strength.rate({ passphrase: field.value, context: world.context() });
  const rateNow = async (): Promise<void> => {
    latest += 1;
    const mine = latest;
    const score = field.value === "" ? null : await rate();
    if (mine === latest) showMeter(root, text, score);
  };
  offerWords(root, form, strength);
  letSee(root, form);
  on(field, "input", () => void rateNow());
  return {
    rules: [
      {
        role: "passphrase",
        wrong: (value) => (value.length < LEAST_LENGTH ? "passphrase.tooShort" : null),
      },
      {
        role: "repeat",
        wrong: (value) => (value === field.value ? null : "passphrase.notSame"),
      },
    ],
    accept: async () => {
      if ((await rate()) >= LEAST_SCORE) return true;
      form.alert(text.t("passphrase.tooEasy"));
      return false;
    },
    value: () => field.value,
  };
};
