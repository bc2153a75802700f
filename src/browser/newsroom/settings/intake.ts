import type { Intake } from "../../../protocol/public/staff-api.ts";
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

const fill = (form: Form, intake: Intake): void => {
  const set = (role: string, bytes: number): void =>
    form.set(role, String(Math.round(bytes / MEGABYTE)));
  set("ceiling", intake.ceilingBytes);
  set("unclaimed", intake.unclaimedBytes);
  set("reserve", intake.textReserveBytes);
};

export const openIntake = async (root: HTMLElement, desk: Desk): Promise<void> => {
  const form = openForm(byRole(root, "intake"));
  const { text } = desk;
  const bytes = (role: string): number => Number(form.value(role)) * MEGABYTE;
  const load = async (): Promise<void> => {
    const intake = await desk.keys.intake(undefined);
    fill(form, intake);
    const used = text.bytes(intake.usedBytes);
    const all = text.bytes(intake.ceilingBytes);
    const unclaimed = text.bytes(intake.unclaimedUsedBytes);
    setText(root, "used", text.t("intake.used", { used, all, unclaimed }));
  };
  onValid(form, text, {
    rules: ["ceiling", "unclaimed", "reserve"].map(megabytes),
    act: async () => {
      await desk.keys.saveIntake({
        ceilingBytes: bytes("ceiling"),
        unclaimedBytes: bytes("unclaimed"),
        textReserveBytes: bytes("reserve"),
      });
      await load();
      desk.done(text.t("intake.saved"));
    },
  });
  await load();
  show(form.root, true);
};
