import { byRole, byRoleOf, clone, onClick, setText, show } from "../../kit/dom.ts";
import { onValid, openForm } from "./form.ts";
import type { Step, Walk } from "./steps.ts";
import { showWords } from "./words.ts";

/** A sheet for paper: all words shown once, then three of them asked back. */
export type Sheet<Draft> = {
  /** Under `sheet.` in the catalogue: its title, lead and foot. */
  readonly name: "newsroom" | "recovery" | "rotation";
  /** Key of the step's name in the list of steps. */
  readonly label: string;
  words(draft: Draft): readonly string[];
};

const showStep = <Draft>(sheet: Sheet<Draft>): Step<Draft> => ({
  label: sheet.label,
  template: "step-sheet",
  open: (part, { app, draft, next, back }) => {
    const { t } = app.text;
    setText(part, "title", t(`sheet.${sheet.name}.title`));
    setText(part, "lead", t(`sheet.${sheet.name}.lead`));
    setText(part, "sheet-title", t(`sheet.${sheet.name}.sheetTitle`));
    setText(part, "sheet-foot", t(`sheet.${sheet.name}.foot`));
    showWords(part, sheet.words(draft));
    onClick(byRole(part, "next"), next);
    onClick(byRole(part, "back"), back);
    onClick(byRole(part, "print"), () => globalThis.print());
  },
});

/** Three different places, spread over the sheet's thirds so that nobody writes only the top of it. */
const places = (count: number): readonly number[] => {
  const third = Math.floor(count / 3);
  const draw = globalThis.crypto.getRandomValues(new Uint8Array(3));
  return [0, 1, 2].map((part) => part * third + ((draw[part] ?? 0) % third));
};

const askPart = (place: number, label: string): HTMLElement => {
  const part = clone("part-ask");
  const field = byRoleOf(part, "word", HTMLInputElement);
  const id = `ask-${place}`;
  field.id = id;
  field.dataset["role"] = id;
  byRoleOf(part, "label", HTMLLabelElement).htmlFor = id;
  byRole(part, "label").textContent = label;
  byRole(part, "line").dataset["errorFor"] = id;
  return part;
};

const openAsk = <Draft>(sheet: Sheet<Draft>, part: HTMLElement, walk: Walk<Draft>): void => {
  const { app, draft, next, back } = walk;
  const words = sheet.words(draft);
  const asked = places(words.length);
  setText(part, "title", app.text.t(`sheet.${sheet.name}.askTitle`));
  byRole(part, "asked").replaceChildren(
    ...asked.map((place) => askPart(place, app.text.t("sheet.word", { number: place + 1 }))),
  );
  show(byRole(part, "alert"), false);
  onValid(openForm(part), app.text, {
    rules: asked.map((place) => ({
      role: `ask-${place}`,
      wrong: (value) => (value.trim().toLowerCase() === words[place] ? null : "sheet.wrongWord"),
    })),
    act: async () => next(),
  });
  onClick(byRole(part, "back"), back);
};

const askStep = <Draft>(sheet: Sheet<Draft>): Step<Draft> => ({
  label: sheet.label,
  template: "step-ask",
  open: (part, walk) => openAsk(sheet, part, walk),
});

export const paperSteps = <Draft>(sheet: Sheet<Draft>): readonly Step<Draft>[] => [
  showStep(sheet),
  askStep(sheet),
];
