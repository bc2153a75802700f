import type { Intake } from "../../../protocol/public/staff-api.ts";
import { CodeError } from "../../kit/code-error.ts";
import { byRole, setText, show } from "../../kit/dom.ts";
import { type Form, onValid, openForm, type Rule } from "../pieces/form.ts";
import type { Desk } from "../shell/view.ts";

/** Ceilings in megabytes; the server's own settings, which need no roster. */

const MEGABYTE = 1_000_000;
const MOST = 1_000_000_000;

const megabytes = (role: string): Rule => ({
  role,
  wrong: (value) => {
    const number = Number(value);
    return Number.isInteger(number) && number >= 1 && number <= MOST ? null : "intake.range";
  },
});

const FIELDS = [
  ["ceiling", "ceilingBytes"],
  ["unclaimed", "unclaimedBytes"],
  ["reserve", "textReserveBytes"],
] as const;

const shown = (bytes: number): string => String(Math.round(bytes / MEGABYTE));

/** What was not touched since `before` was filled in follows. False: nothing has changed elsewhere. */
const follow = (form: Form, now: Intake, before: Intake | null): boolean => {
  const changed = FIELDS.filter(([, limit]) => now[limit] !== before?.[limit]);
  for (const [role, limit] of changed) {
    const isTouched = before !== null && form.value(role) !== shown(before[limit]);
    if (!isTouched) form.set(role, shown(now[limit]));
  }
  return changed.length > 0;
};

export const openIntake = async (root: HTMLElement, desk: Desk): Promise<void> => {
  const form = openForm(byRole(root, "intake"));
  const { text } = desk;
  const bytes = (role: string): number => Number(form.value(role)) * MEGABYTE;
  let filled: Intake | null = null;
  const load = async (): Promise<boolean> => {
    const intake = await desk.keys.intake(undefined);
    const isOther = follow(form, intake, filled);
    filled = intake;
    const used = text.bytes(intake.usedBytes);
    const all = text.bytes(intake.ceilingBytes);
    const unclaimed = text.bytes(intake.unclaimedUsedBytes);
    setText(root, "used", text.t("intake.used", { used, all, unclaimed }));
    return isOther;
  };
  onValid(form, text, {
    rules: FIELDS.map(([role]) => megabytes(role)),
    sentences: { "settings-changed": "settings.changed" },
    act: async () => {
      // Nobody takes back what they have not seen.
      if (await load()) throw new CodeError("settings-changed");
      await desk.keys.saveIntake({
        ceilingBytes: bytes("ceiling"),
        unclaimedBytes: bytes("unclaimed"),
        textReserveBytes: bytes("reserve"),
      });
      filled = null;
      await load();
      desk.done(text.t("intake.saved"));
    },
  });
  await load();
  show(form.root, true);
};
