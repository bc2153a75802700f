import { SETTINGS_LIMITS, type Settings } from "../../../protocol/public/settings.ts";
import { byRole, byRoleOf, on, show } from "../../kit/dom.ts";
import { showErrors } from "../../kit/form-errors.ts";
import { type Form, onValid, openForm, type Rule } from "../pieces/form.ts";
import type { Desk, View } from "../shell/view.ts";
import { openIntake } from "./intake.ts";

/** What the newsroom says of itself; saving signs a new roster. */

const LANGUAGES = ["en", "fr", "ar"] as const;

const text = (role: string, most: number, need: boolean): Rule => ({
  role,
  wrong: (value) => {
    if (need && value.trim() === "") return "form.required";
    return value.trim().length > most ? "form.tooLong" : null;
  },
});

const days = (role: string, [least, most]: readonly [number, number]): Rule => ({
  role,
  wrong: (value) => {
    const number = Number(value);
    const fits = Number.isInteger(number) && number >= least && number <= most;
    return fits ? null : `settings.${role}Range`;
  },
});

const isWebAddress = (value: string): boolean => {
  const parsed = URL.canParse(value) ? new URL(value) : null;
  return parsed !== null && (parsed.protocol === "https:" || parsed.protocol === "http:");
};

const originsOf = (typed: string): readonly string[] =>
  typed.split(/\s+/).filter((origin) => origin !== "");

const areOrigins = (typed: string): boolean => {
  const origins = originsOf(typed);
  return (
    origins.length <= SETTINGS_LIMITS.origins &&
    origins.every((origin) => isWebAddress(origin) && new URL(origin).origin === origin)
  );
};

const rules = (paused: HTMLInputElement): readonly Rule[] => [
  text("newsroom-name", SETTINGS_LIMITS.newsroomName, true),
  text("page-title", SETTINGS_LIMITS.pageTitle, true),
  ...LANGUAGES.map((language) => text(`words-${language}`, SETTINGS_LIMITS.words, false)),
  text("other-contact", SETTINGS_LIMITS.otherContact, true),
  {
    role: "leaving-page",
    wrong: (value) => (isWebAddress(value.trim()) ? null : "settings.notAnAddress"),
  },
  {
    role: "source-origins",
    wrong: (value) => (areOrigins(value) ? null : "settings.notOrigins"),
  },
  days("retention-days", SETTINGS_LIMITS.retentionDays),
  days("absence-days", SETTINGS_LIMITS.longestAbsenceDays),
  days("roster-days", SETTINGS_LIMITS.rosterDays),
  {
    role: "pause-sentence",
    wrong: (value) => {
      if (paused.checked && value.trim() === "") return "settings.pauseNeedsWords";
      return value.trim().length > SETTINGS_LIMITS.pauseSentence ? "form.tooLong" : null;
    },
  },
];

const pausedBox = ({ root }: Form): HTMLInputElement => byRoleOf(root, "paused", HTMLInputElement);

/** What the fields say, by role. */
const valuesOf = (settings: Settings): readonly (readonly [role: string, value: string])[] => [
  ["newsroom-name", settings.newsroomName],
  ["page-title", settings.pageTitle],
  ...LANGUAGES.map(
    (language) => [`words-${language}`, settings.words.get(language) ?? ""] as const,
  ),
  ["other-contact", settings.otherContact],
  ["leaving-page", settings.leavingPage],
  ["source-origins", settings.sourceOrigins.join("\n")],
  ["retention-days", String(settings.retentionDays)],
  ["absence-days", String(settings.longestAbsenceDays)],
  ["roster-days", String(settings.rosterDays)],
  ["pause-sentence", settings.pauseSentence],
];

/** A pause is its sentence: without the tick there is none. */
const said = (form: Form, role: string): string =>
  role === "pause-sentence" && !pausedBox(form).checked ? "" : form.value(role);

const put = (form: Form, role: string, value: string): void => {
  form.set(role, value);
  if (role === "pause-sentence") pausedBox(form).checked = value !== "";
};

const fill = (form: Form, settings: Settings): void => {
  for (const [role, value] of valuesOf(settings)) put(form, role, value);
};

type Both = { readonly before: Settings; readonly now: Settings };
/** A field that was changed here and elsewhere, and what it says there. */
type Clash = { readonly role: string; readonly theirs: string };

/** What was not touched here follows; what was stays. Answers where both have changed the same. */
const follow = (form: Form, { before, now }: Both): readonly Clash[] => {
  const was = new Map(valuesOf(before));
  return valuesOf(now).flatMap(([role, theirs]) => {
    const mine = said(form, role);
    if (mine === was.get(role)) put(form, role, theirs);
    else if (theirs !== was.get(role) && theirs !== mine) return [{ role, theirs }];
    return [];
  });
};

/** Words in languages that this page does not show are kept as they are. */
const wordsOf = (form: Form, before: Settings): ReadonlyMap<string, string> => {
  const words = new Map(before.words);
  for (const language of LANGUAGES) {
    const said = form.value(`words-${language}`);
    if (said === "") words.delete(language);
    else words.set(language, said);
  }
  return words;
};

const settingsOf = (form: Form, before: Settings, paused: boolean): Settings => ({
  newsroomName: form.value("newsroom-name"),
  pageTitle: form.value("page-title"),
  words: wordsOf(form, before),
  otherContact: form.value("other-contact"),
  leavingPage: form.value("leaving-page"),
  pauseSentence: paused ? form.value("pause-sentence") : "",
  retentionDays: Number(form.value("retention-days")),
  longestAbsenceDays: Number(form.value("absence-days")),
  rosterDays: Number(form.value("roster-days")),
  sourceOrigins: originsOf(form.value("source-origins")),
});

const showClashes = (form: Form, { text }: Desk, clashes: readonly Clash[]): void => {
  const errors = clashes.map(({ role, theirs }) => {
    // Its sentence may be out of sight.
    const field = role === "pause-sentence" ? pausedBox(form) : form.field(role);
    const key = theirs === "" ? "settings.clashEmpty" : "settings.clash";
    return { field, text: text.t(key, { theirs }), label: field.labels?.[0]?.textContent ?? "" };
  });
  showErrors(byRole(form.root, "form"), errors);
};

const openSettings = async (root: HTMLElement, desk: Desk): Promise<void> => {
  const form = openForm(byRole(root, "newsroom"));
  const paused = pausedBox(form);
  const showPause = (): void => show(byRole(root, "pause-sentence-field"), paused.checked);
  let settings = await desk.keys.newestSettings(undefined);
  const fillAll = (): void => {
    fill(form, settings);
    showPause();
  };
  const followAll = async (): Promise<void> => {
    const now = await desk.keys.settings(undefined);
    showClashes(form, desk, follow(form, { before: settings, now }));
    settings = now;
    showPause();
  };
  on(paused, "change", showPause);
  fillAll();
  onValid(form, desk.text, {
    rules: rules(paused),
    sentences: { "settings-changed": "settings.changed" },
    act: async () => {
      const change = { from: settings, to: settingsOf(form, settings, paused.checked) };
      try {
        await desk.keys.saveSettings(change);
      } catch (error) {
        // Also where it was saved and the answer was lost: what comes next starts from there.
        await followAll();
        throw error;
      }
      settings = await desk.keys.settings(undefined);
      fillAll();
      desk.done(desk.text.t("settings.saved"));
      globalThis.scrollTo(0, 0);
    },
  });
  // Not before there is something to change, and something that listens.
  show(form.root, true);
};

export const settingsView: View = {
  id: "settings",
  template: "view-settings",
  adminOnly: true,
  open: (root, desk) => {
    openSettings(root, desk).catch(desk.trouble);
    openIntake(root, desk).catch(desk.trouble);
    return {};
  },
};
