import { byRole, clone, setText, showLines } from "../../kit/dom.ts";
import type { Text } from "../../kit/text.ts";
import type { KeysTimeline, PeriodState, TimelineRow } from "../worker/timeline.ts";

/** The picture of messaging keys: a strip for each journalist, one place for each period, and the same in words beside it. */

/** Units of the drawing, as its viewBox in views/newsroom/timeline.eta has them. */
const PLACE = 12;
const HEIGHT = 20;
const PERIOD_DAYS = 7;
const DAY_MS = 86_400_000;

/** Told apart by shape: colour only repeats it. */
const SIGNS: Readonly<Record<PeriodState, (x: number) => string>> = {
  none: (x) => `M${x + 5} 10h2`,
  destroyed: (x) => `M${x + 3} 7l6 6m0 -6l-6 6`,
  dropped: (x) => `M${x + 6} 5l4.5 9h-9z`,
  kept: (x) => `M${x + 2} 5.5h8v9h-8z`,
  now: (x) => `M${x + 1} 1h10v18h-10z`,
  ahead: (x) => `M${x + 2} 5h8v10h-8z`,
  gap: (x) => `M${x + 1} 2h10v16h-10zM${x + 6} 5.5v5.5m0 2.5v1.5`,
};

const STATES = Object.keys(SIGNS) as PeriodState[];
const IN_LEGEND = STATES.filter((state) => state !== "none");

const draw = (root: ParentNode, role: string, path: string): void => {
  byRole(root, role).setAttribute("d", path);
};

const dateOf = (day: number): Date => new Date(day * DAY_MS);

type Month = { readonly day: number; readonly label: string };

/** The first days of months, and the first day of all. */
const monthsOf = (text: Text, first: number, days: number): readonly Month[] => {
  const short = new Intl.DateTimeFormat(text.language, { month: "short", timeZone: "UTC" });
  const all = Array.from({ length: days }, (_, at) => first + at);
  return all
    .filter((day) => day === first || dateOf(day).getUTCDate() === 1)
    .map((day) => ({ day, label: short.format(dateOf(day)) }));
};

/** A month of which too little is left to write its name. */
const LEAST_PLACES = 3;

const showMonths = (root: HTMLElement, text: Text, timeline: KeysTimeline): void => {
  const first = timeline.firstPeriod * PERIOD_DAYS;
  const months = monthsOf(text, first, timeline.periods * PERIOD_DAYS);
  const placeOf = ({ day }: Month): number => Math.floor((day - first) / PERIOD_DAYS) + 1;
  const labels = months.flatMap((month, at) => {
    const next = months[at + 1];
    const [from, to] = [placeOf(month), next ? placeOf(next) : timeline.periods + 1];
    if (to - from < LEAST_PLACES) return [];
    const label = document.createElement("span");
    label.textContent = month.label;
    label.style.gridColumn = `${from} / ${to}`;
    return [label];
  });
  byRole(root, "months").replaceChildren(...labels);
};

const xOf = (timeline: KeysTimeline, day: number): number =>
  ((day - timeline.firstPeriod * PERIOD_DAYS) / PERIOD_DAYS) * PLACE;

const drawStrip = (
  part: HTMLElement,
  row: TimelineRow,
  given: { readonly text: Text; readonly timeline: KeysTimeline },
): void => {
  const { text, timeline } = given;
  for (const state of STATES) {
    const places = row.states.flatMap((one, at) => (one === state ? [at * PLACE] : []));
    draw(part, `strip-${state}`, places.map(SIGNS[state]).join(""));
  }
  const first = timeline.firstPeriod * PERIOD_DAYS;
  const [, ...starts] = monthsOf(text, first, timeline.periods * PERIOD_DAYS);
  const lines = starts.map(({ day }) => `M${xOf(timeline, day)} 0v${HEIGHT}`);
  draw(part, "strip-months", lines.join(""));
  draw(part, "strip-today", `M${xOf(timeline, timeline.today)} 0v${HEIGHT}`);
};

const counted = (text: Text, key: string, count: number): readonly string[] =>
  count === 0 ? [] : [text.t(key, { count })];

const destroyedWords = (text: Text, row: TimelineRow): readonly string[] =>
  row.lastDestroyedDay === null
    ? []
    : [
        text.t("timeline.destroyedCount", {
          count: row.destroyed,
          day: text.day(row.lastDestroyedDay),
        }),
      ];

const summaryOf = (text: Text, row: TimelineRow): string =>
  [
    row.untilDay === null
      ? text.t(row.me ? "timeline.notReachableYou" : "timeline.notReachable")
      : text.t("timeline.until", { day: text.day(row.untilDay) }),
    ...counted(text, "timeline.keptCount", row.kept),
    ...destroyedWords(text, row),
    ...counted(text, "timeline.droppedCount", row.dropped),
  ].join(" ");

const gapLine = (text: Text, gap: TimelineRow["gaps"][number], today: number): string => {
  const key = gap.lastDay < today ? "timeline.gapPast" : "timeline.gapDays";
  return text.t(key, { from: text.day(gap.firstDay), to: text.day(gap.lastDay) });
};

const rowPart = (text: Text, timeline: KeysTimeline, row: TimelineRow): HTMLElement => {
  const part = clone("part-timeline-row");
  setText(part, "name", row.me ? text.t("people.you", { name: row.name }) : row.name);
  setText(part, "summary", summaryOf(text, row));
  const gaps = row.gaps.map((gap) => gapLine(text, gap, timeline.today));
  showLines(byRole(part, "gaps"), gaps);
  drawStrip(part, row, { text, timeline });
  return part;
};

/** Into the place of the one before. */
export const showTimeline = (place: HTMLElement, text: Text, timeline: KeysTimeline): void => {
  const figure = clone("part-timeline");
  for (const state of IN_LEGEND) draw(figure, `sign-${state}`, SIGNS[state](0));
  showMonths(figure, text, timeline);
  byRole(figure, "rows").replaceChildren(
    ...timeline.rows.map((row) => rowPart(text, timeline, row)),
  );
  place.replaceChildren(figure);
};
