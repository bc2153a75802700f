import { byRole, byRoleOf, focusOn, onClick, setText, show } from "../../kit/dom.ts";
import type { Text } from "../../kit/text.ts";
import { whenChanged } from "../../kit/when-changed.ts";
import type { Desk, OpenView, View } from "../shell/view.ts";
import { createWork, type Work } from "../shell/work.ts";
import type { KeysRow, KeysTable } from "../worker/keys.ts";
import type { NewsroomKeyState } from "../worker/rotating.ts";
import { openLastingKeys } from "./lasting-keys.ts";
import { showNewsroomKey } from "./newsroom-key.ts";
import { showTimeline } from "./timeline.ts";

/** Which periods are published for whom, rotating, the roster's dates. */

const tickFor = (row: KeysRow): HTMLElement => {
  const label = document.createElement("label");
  label.className = "tick";
  const tick = document.createElement("input");
  tick.type = "checkbox";
  tick.value = String(row.memberNumber);
  label.append(tick, row.name);
  return label;
};

const ticksIn = (root: HTMLElement): readonly HTMLInputElement[] => [
  ...byRole(root, "each").querySelectorAll("input"),
];

const chosenNumbers = (root: HTMLElement): readonly number[] =>
  ticksIn(root)
    .filter((tick) => tick.checked)
    .map((tick) => Number(tick.value));

/** What somebody has ticked stays, and the focus with it, while the same people are on the list. */
const showTicks = (root: HTMLElement, rows: readonly KeysRow[]): void => {
  const each = byRole(root, "each");
  const wanted = rows.map(tickFor);
  const same = (part: Element, at: number): boolean => part.isEqualNode(wanted[at] ?? null);
  const shown = [...each.children];
  if (shown.length !== wanted.length || !shown.every(same)) each.replaceChildren(...wanted);
  show(byRole(root, "everybody-part"), rows.length > 1);
};

const followEverybody = (root: HTMLElement, changed: EventTarget | null): void => {
  const everybody = byRoleOf(root, "everybody", HTMLInputElement);
  const ticks = ticksIn(root);
  if (changed === everybody) for (const tick of ticks) tick.checked = everybody.checked;
  else everybody.checked = ticks.every((tick) => tick.checked);
};

/** Said before anything happens: one's own new keys are published at once, the others' at their next unlock. */
const foretell = (root: HTMLElement, text: Text, table: KeysTable): void => {
  const numbers = chosenNumbers(root);
  const chosen = table.rows.filter((row) => numbers.includes(row.memberNumber));
  const gone = chosen.filter((row) => !row.me).map(({ name }) => name);
  const left = table.rows.filter((row) => {
    const stays = row.me || !numbers.includes(row.memberNumber);
    return stays && (row.me || row.reachable);
  });
  setText(
    root,
    "asking-title",
    text.t("keys.asking", { names: text.list(chosen.map(({ name }) => name)) }),
  );
  const words =
    gone.length === 0
      ? text.t("keys.allReachable")
      : text.t("keys.unreachable", { names: text.list(gone) });
  setText(root, "unreachable", words);
  show(byRole(root, "nobody"), left.length === 0);
};

const openRotation = (root: HTMLElement, given: { desk: Desk; table: KeysTable; act: Work }) => {
  const { desk, table, act } = given;
  const chosen = byRole(root, "chosen");
  showTicks(root, table.rows);
  const ask = byRoleOf(root, "ask", HTMLButtonElement);
  const asking = byRole(root, "asking");
  const close = (): void => {
    show(asking, false);
    show(ask, true);
  };
  const enable = (): void => {
    ask.disabled = chosenNumbers(root).length === 0;
    close();
  };
  close();
  enable();
  chosen.onchange = ({ target }) => {
    followEverybody(root, target);
    enable();
  };
  ask.onclick = () => {
    foretell(root, desk.text, table);
    show(ask, false);
    show(asking, true);
    // To the words, not to the button: a second Enter does nothing.
    focusOn(byRole(asking, "asking-title"));
  };
  byRole(asking, "keep").onclick = close;
  const go = byRoleOf(asking, "do", HTMLButtonElement);
  go.onclick = () =>
    act(desk.keys.rotate({ members: chosenNumbers(root) }), desk.text.t("keys.rotated"), go);
};

const fillRoster = (root: HTMLElement, text: Text, table: KeysTable): void => {
  const words = text.t("keys.rosterState", {
    number: table.rosterNumber,
    day: text.day(table.validUntilDay),
  });
  setText(root, "roster-state", words);
  setText(
    root,
    "destroyed",
    table.destroyedPeriods === 0
      ? text.t("keys.destroyNone")
      : text.t("keys.destroyed", { count: table.destroyedPeriods }),
  );
};

const openKeys = (root: HTMLElement, desk: Desk): OpenView => {
  const newsroomKey = whenChanged<NewsroomKeyState>((state) =>
    showNewsroomKey(byRole(root, "newsroom-key"), desk, { state, act }),
  );
  const asks = (): boolean =>
    [...root.querySelectorAll<HTMLElement>('[data-role="asking"]')].some(({ hidden }) => !hidden);
  const fill = async (mayFill = (): boolean => true): Promise<void> => {
    const table = await desk.keys.keysTable(undefined);
    const timeline = await desk.keys.keysTimeline(undefined);
    const state = await desk.keys.newsroomKeyState(undefined);
    if (!mayFill()) return;
    showTimeline(byRole(root, "timeline"), desk.text, timeline);
    fillRoster(root, desk.text, table);
    show(byRole(root, "admin-part"), table.signs);
    if (table.signs) openRotation(root, { desk, table, act });
    newsroomKey.take(state);
  };
  const act = createWork(desk, fill);
  onClick(byRole(root, "renew"), () =>
    act(desk.keys.renewRoster(undefined), desk.text.t("keys.renewed")),
  );
  desk.on((event) => {
    // Not while something is being asked: the table under a question must not change.
    if (event.kind === "overview") fill(() => !asks()).catch(desk.trouble);
  });
  const close = openLastingKeys(byRole(root, "lasting"), desk);
  return { close, filled: fill().catch(desk.trouble) };
};

export const keysView: View = {
  id: "keys",
  template: "view-keys",
  adminOnly: false,
  open: openKeys,
};
