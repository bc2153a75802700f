import { byRole, onClick, show } from "../../kit/dom.ts";
import type { Keys } from "../shell/app.ts";
import type { FactorTyped } from "../worker/account.ts";
import { codeRule, digits, type Form, type Rule } from "./form.ts";
import { askPasskey, canUsePasskeys } from "./passkey.ts";

/** A code of the app at first; a press away a code from paper, a passkey, or — with recovery words — none of them. */
export type FactorWay = "app" | "paper" | "passkey" | "lost";

export type FactorChoice = {
  readonly rules: readonly Rule[];
  way(): FactorWay;
  /** Asks for the passkey where that was chosen. Nothing for *lost*. */
  take(keys: Keys, userName: string): Promise<FactorTyped>;
};

const CODE = /^[0-9][0-9A-HJKMNP-TV-Z]{12}$/;

/** As Crockford's alphabet reads what people write: O is 0, I and L are 1, and case and dashes do not matter. */
export const recoveryCodeOf = (typed: string): string =>
  typed
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, "")
    .replaceAll("O", "0")
    .replaceAll(/[IL]/g, "1");

export const openFactorChoice = (
  form: Form,
  { mayBeLost }: { readonly mayBeLost: boolean },
): FactorChoice => {
  const root = byRole(form.root, "factor-choice");
  const ways: readonly FactorWay[] = ["app", "paper", "passkey", "lost"];
  const offered = ways.filter(
    (way) => (way !== "passkey" || canUsePasskeys()) && (way !== "lost" || mayBeLost),
  );
  let chosen: FactorWay = "app";
  const choose = (way: FactorWay): void => {
    chosen = way;
    for (const each of ways) {
      show(byRole(root, `way-${each}`), each === way);
      show(byRole(root, `use-${each}`), each !== way && offered.includes(each));
    }
  };
  for (const way of ways) {
    onClick(byRole(root, `use-${way}`), () => {
      choose(way);
      byRole(root, `way-${way}`).querySelector<HTMLElement>("input, p")?.focus();
    });
  }
  choose("app");
  const codeIs = codeRule("code");
  return {
    rules: [
      { ...codeIs, wrong: (value) => (chosen === "app" ? codeIs.wrong(value) : null) },
      {
        role: "paper-code",
        wrong: (value) =>
          chosen === "paper" && !CODE.test(recoveryCodeOf(value)) ? "form.paperCode" : null,
      },
    ],
    way: () => chosen,
    take: async (keys, userName) => {
      if (chosen === "paper") return { recoveryCode: recoveryCodeOf(form.value("paper-code")) };
      if (chosen !== "passkey") return { totpCode: digits(form.value("code")) };
      const question = await keys.askForPasskey({ userName });
      const { assertion } = await askPasskey(question, { unlocks: false });
      return { passkey: assertion };
    },
  };
};
