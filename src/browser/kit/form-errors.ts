import { byRole, focusOn, show } from "./dom.ts";

export type FieldError = {
  readonly field: HTMLElement;
  readonly text: string;
  /** The field's name, for the summary, where one does not see which field is meant. */
  readonly label?: string;
};

/** The line for errors beside a field: `<p class="field-error" data-error-for="<field id>" hidden>`. */
function lineFor(form: HTMLElement, field: HTMLElement): HTMLElement | null {
  return form.querySelector<HTMLElement>(`[data-error-for="${field.id}"]`);
}

/** Both ways of saying it: `aria-errormessage` alone is read out by few screen readers. */
function describe(field: HTMLElement, lineId: string, wrong: boolean): void {
  const others = (field.getAttribute("aria-describedby") ?? "")
    .split(" ")
    .filter((id) => id !== "" && id !== lineId);
  const ids = wrong ? [lineId, ...others] : others;
  if (ids.length === 0) field.removeAttribute("aria-describedby");
  else field.setAttribute("aria-describedby", ids.join(" "));
}

function mark(form: HTMLElement, error: FieldError): void {
  const line = lineFor(form, error.field);
  if (error.field.matches("input, textarea, select")) {
    error.field.setAttribute("aria-invalid", "true");
  }
  if (line === null) return;
  line.id = `${error.field.id}-error`;
  if (error.field.hasAttribute("aria-invalid")) {
    error.field.setAttribute("aria-errormessage", line.id);
  }
  describe(error.field, line.id, true);
  line.textContent = error.text;
  line.hidden = false;
}

export function clearErrors(form: HTMLElement): void {
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-errormessage");
  }
  for (const line of form.querySelectorAll<HTMLElement>("[data-error-for]")) {
    const field = form.querySelector<HTMLElement>(`[id="${line.dataset["errorFor"]}"]`);
    if (field !== null) describe(field, line.id, false);
    line.textContent = "";
    line.hidden = true;
  }
  const summary = byRole(form, "errors");
  byRole(summary, "error-list").replaceChildren();
  show(summary, false);
}

function summaryLine(error: FieldError): HTMLElement {
  const item = document.createElement("li");
  const jump = document.createElement("button");
  jump.type = "button";
  jump.className = "link";
  jump.textContent = error.label === undefined ? error.text : `${error.label}: ${error.text}`;
  jump.addEventListener("click", () => error.field.focus());
  item.append(jump);
  return item;
}

/**
 * Writes each error beside its field and all of them into the form's summary, which takes focus.
 * The form holds `data-role="errors"` (hidden, with a heading) and in it `data-role="error-list"`.
 */
export function showErrors(form: HTMLElement, errors: readonly FieldError[]): void {
  clearErrors(form);
  if (errors.length === 0) return;
  for (const error of errors) mark(form, error);
  const summary = byRole(form, "errors");
  byRole(summary, "error-list").replaceChildren(...errors.map(summaryLine));
  show(summary, true);
  focusOn(summary);
}
