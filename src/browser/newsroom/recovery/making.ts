import { byRole, byRoleOf, setText } from "../../kit/dom.ts";
import { onValid, openForm } from "../pieces/form.ts";
import { sheetRule, wordsOf } from "../pieces/words.ts";
import type { SharesProgress } from "../worker/recovery.ts";
import type { RecoveryPage } from "../worker/word-shares/status.ts";
import type { Given } from "./share-set.ts";

/** The form that splits words from paper into shares. */

type Making = Given & { readonly replaces: boolean; done(): void };

const candidateTick = (
  { memberNumber, name, reachable }: RecoveryPage["candidates"][number],
  words: string,
): HTMLElement => {
  const label = document.createElement("label");
  label.className = "tick";
  const tick = document.createElement("input");
  tick.type = "checkbox";
  tick.value = String(memberNumber);
  tick.disabled = !reachable;
  tick.checked = reachable;
  label.append(tick, words === "" ? name : `${name} (${words})`);
  return label;
};

const chosen = (part: HTMLElement): readonly number[] =>
  [...byRole(part, "candidates").querySelectorAll("input")]
    .filter((tick) => tick.checked)
    .map((tick) => Number(tick.value));

/** Fields of this form stand twice on the page, so each gets an id of its own. */
const nameFields = (part: HTMLElement, words: string): void => {
  for (const [role, label] of [
    ["needed", "needed-label"],
    ["typed", "words-label"],
  ] as const) {
    const id = `shares-${words}-${role}`;
    byRole(part, role).id = id;
    byRoleOf(part, label, HTMLLabelElement).htmlFor = id;
    byRole(part, `${role}-error`).dataset["errorFor"] = id;
  }
};

const SENTENCES = {
  "wrong-words": "recovery.wrongWords",
  "codename-word": "recovery.mistyped",
  "codename-checksum": "recovery.mistyped",
  "codename-length": "recover.notTwentyFour",
  "no-reader": "recovery.notReachable",
} as const;

export const openMaking = (part: HTMLElement, making: Making): void => {
  const { desk, words, page, reload } = making;
  const { text } = desk;
  const form = openForm(part);
  nameFields(part, words);
  setText(part, "make-title", text.t(making.replaces ? "recovery.makeNew" : "recovery.makeFirst"));
  setText(part, "words-label", text.t(`recovery.${words}.label`));
  byRole(part, "candidates").append(
    ...page.candidates.map((one) =>
      candidateTick(one, one.reachable ? "" : text.t("recovery.away")),
    ),
  );
  const reachable = page.candidates.filter((one) => one.reachable).length;
  form.set("needed", String(Math.max(2, Math.ceil((reachable + 1) / 2))));
  onValid(form, text, {
    rules: [
      {
        role: "needed",
        wrong: (value) => {
          const needed = Number(value);
          if (chosen(part).length < 2) return "recovery.chooseTwo";
          const fits = Number.isInteger(needed) && needed >= 2 && needed <= chosen(part).length;
          return fits ? null : "recovery.neededRange";
        },
      },
      sheetRule("typed"),
    ],
    sentences: SENTENCES,
    act: async () => {
      const holders = chosen(part);
      const said = (progress: unknown): void => {
        const { done } = progress as SharesProgress;
        setText(part, "progress", text.t("recovery.sending", { done, all: holders.length }));
      };
      const typed = wordsOf(form.value("typed")).join(" ");
      const plan = { words, typed, needed: Number(form.value("needed")), holders };
      try {
        await desk.keys.makeShares(plan, { onProgress: said });
      } finally {
        setText(part, "progress", "");
      }
      form.set("typed", "");
      await reload();
      making.done();
      desk.done(text.t("recovery.made", { count: holders.length }));
    },
  });
};
