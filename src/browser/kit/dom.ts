/** Pages are built from `<template>`s and text nodes only; parts are found by `data-role`. */

class MissingPart extends Error {}

/** The element with this id; a page without it is broken, so it throws. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new MissingPart(id);
  return found;
}

/** The first element below `root` with this `data-role`; throws where there is none. */
export function byRole(root: ParentNode, role: string): HTMLElement {
  const found = root.querySelector<HTMLElement>(`[data-role="${role}"]`);
  if (found === null) throw new MissingPart(role);
  return found;
}

/** As `byRole`, and of the wanted element type: `byRoleOf(form, "words", HTMLTextAreaElement)`. */
export function byRoleOf<T extends HTMLElement>(
  root: ParentNode,
  role: string,
  type: new () => T,
): T {
  const found = byRole(root, role);
  if (!(found instanceof type)) throw new MissingPart(`${role} is of another type`);
  return found;
}

/** A fresh copy of the one element inside `<template id="…">`. */
export function clone(templateId: string): HTMLElement {
  const template = byId(templateId);
  if (!(template instanceof HTMLTemplateElement)) throw new MissingPart(templateId);
  const first = document.importNode(template.content, true).firstElementChild;
  if (!(first instanceof HTMLElement)) throw new MissingPart(templateId);
  return first;
}

/** Sets the text of the part with this role, and gives the part back. */
export function setText(root: ParentNode, role: string, text: string): HTMLElement {
  const part = byRole(root, role);
  part.textContent = text;
  return part;
}

/** The list's lines, of plain words, in the place of those before. */
export function showLines(list: HTMLElement, lines: readonly string[]): void {
  const items = lines.map((words) => {
    const item = document.createElement("li");
    item.textContent = words;
    return item;
  });
  list.replaceChildren(...items);
}

export function show(part: HTMLElement, visible: boolean): void {
  part.hidden = !visible;
}

/** Moves focus to a heading, a summary or a field, so that a screen reader goes on from there. */
export function focusOn(part: HTMLElement): void {
  if (part.tabIndex < 0 && !part.hasAttribute("tabindex")) part.tabIndex = -1;
  part.focus();
}

/** True once the part that held focus is gone or at rest: who goes on by keyboard would begin again at the top. */
export function isFocusLost(): boolean {
  const held = document.activeElement;
  if (held === null || held === document.body) return true;
  return !held.checkVisibility() || held.matches(":disabled");
}

export function on<K extends keyof HTMLElementEventMap>(
  part: HTMLElement,
  event: K,
  listener: (event: HTMLElementEventMap[K]) => void,
): void {
  part.addEventListener(event, listener);
}

export function onClick(part: HTMLElement, listener: () => void): void {
  part.addEventListener("click", listener);
}

/** Listens to a form's submit, which never leaves the page. */
export function onSubmit(form: HTMLElement, listener: () => void): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    listener();
  });
}
