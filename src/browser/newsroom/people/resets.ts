import { base64url } from "../../../protocol/public/bytes.ts";
import { confirmStep } from "../../kit/confirm.ts";
import { byRole, clone, focusOn, setText, show } from "../../kit/dom.ts";
import { copyButton } from "../pieces/copy.ts";
import type { Desk } from "../shell/view.ts";
import type { Work } from "../shell/work.ts";
import type { ResetRow } from "../worker/factor-reset.ts";
import type { MemberRow } from "../worker/people.ts";

/** Second factors set anew: the link just made, and what every admin should see of the others. */

export const openResetLink = (
  root: HTMLElement,
  desk: Desk,
  after: () => void,
): ((secret: Uint8Array, name: string) => void) => {
  const part = byRole(root, "reset-link-part");
  let link = "";
  copyButton(byRole(part, "copy-reset"), desk.text, () => link);
  return (secret, name) => {
    link = `${desk.me.newsroomOrigin}/#factor=${base64url(secret)}`;
    setText(part, "reset-link-title", desk.text.t("resets.linkTitle", { name }));
    setText(part, "reset-link", link);
    setText(part, "copy-reset", desk.text.t("copy.link"));
    show(part, true);
    focusOn(part);
    after();
  };
};

type Names = (memberNumber: number | null) => string;

const wordsOf = ({ text }: Desk, row: ResetRow, nameOf: Names): string => {
  const name = row.memberNumber === null ? row.userName : nameOf(row.memberNumber);
  if (row.by === null) return text.t("resets.byWords", { name, day: text.day(row.usedDay ?? 0) });
  const by = nameOf(row.by);
  return row.usedDay === null
    ? text.t("resets.waiting", { name, by, day: text.day(row.expiresDay) })
    : text.t("resets.used", { name, by, day: text.day(row.usedDay) });
};

const resetLine = (desk: Desk, row: ResetRow, given: { nameOf: Names; work: Work }) => {
  const line = clone("row-reset");
  const { text, keys } = desk;
  setText(line, "words", wordsOf(desk, row, given.nameOf));
  const waits = row.usedDay === null;
  show(byRole(line, "ask"), waits);
  setText(line, "asking-title", text.t("resets.withdrawAsk"));
  confirmStep(line, () =>
    given.work(keys.withdrawReset({ id: row.id }), text.t("resets.withdrawn")),
  );
  return line;
};

export const fillResets = async (
  root: HTMLElement,
  desk: Desk,
  given: { readonly members: readonly MemberRow[]; readonly work: Work },
): Promise<void> => {
  const resets = await desk.keys.factorResets(undefined);
  const nameOf: Names = (number) =>
    given.members.find((member) => member.memberNumber === number)?.name ??
    desk.text.t("people.unknown");
  show(byRole(root, "resets-part"), resets.length > 0);
  byRole(root, "resets").replaceChildren(
    ...resets.map((row) => resetLine(desk, row, { nameOf, work: given.work })),
  );
};
