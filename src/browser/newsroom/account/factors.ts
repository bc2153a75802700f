import type { Factors } from "../../../protocol/public/signin-api.ts";
import { confirmStep } from "../../kit/confirm.ts";
import { byRole, clone, onClick, setText, show } from "../../kit/dom.ts";
import { canUsePasskeys } from "../pieces/passkey.ts";
import type { Desk } from "../shell/view.ts";
import { setUpApp } from "./app-steps.ts";
import { makeCodes } from "./code-steps.ts";
import { addPasskey, openDoorFor, showPlace } from "./passkey-steps.ts";

type Row = Factors["passkeys"][number];

const aboutText = ({ text }: Desk, { addedDay, usedDay }: Row): string =>
  usedDay === null
    ? text.t("passkeys.neverUsed", { added: text.day(addedDay) })
    : text.t("passkeys.used", { added: text.day(addedDay), used: text.day(usedDay) });

const passkeyLine = (desk: Desk, row: Row, refill: () => void): HTMLElement => {
  const { text, keys } = desk;
  const { name, credentialId, wrappedKey, host } = row;
  const line = clone("row-passkey");
  const unlocks = wrappedKey !== null;
  const here = host === location.hostname;
  setText(line, "name", name);
  setText(line, "about", aboutText(desk, row));
  setText(line, "unlocks", text.t(unlocks ? "passkeys.unlocks" : "passkeys.secondOnly"));
  showPlace(line, host);
  show(byRole(line, "open-door"), !unlocks && here && canUsePasskeys());
  onClick(byRole(line, "open-door"), () => openDoorFor(desk, { name, credentialId }));
  setText(line, "asking-title", text.t("passkeys.removeAsk", { name }));
  confirmStep(line, () => {
    keys
      .removePasskey({ credentialId })
      .then(() => desk.done(text.t("passkeys.removed", { name })))
      .then(refill)
      .catch(desk.trouble);
  });
  return line;
};

/** Passkeys, codes on paper, the app: whatever stands beside the passphrase. */
export const showFactors = (root: HTMLElement, desk: Desk): Promise<void> => {
  const refill = async (): Promise<void> => {
    const { passkeys, recoveryCodesLeft } = await desk.keys.factors(undefined);
    const lines = passkeys.map((row) =>
      passkeyLine(desk, row, () => void refill().catch(desk.trouble)),
    );
    byRole(root, "passkeys").replaceChildren(...lines);
    show(byRole(root, "no-passkeys"), passkeys.length === 0);
    setText(root, "codes-left", desk.text.t("codes.left", { count: recoveryCodesLeft }));
  };
  show(byRole(root, "add-passkey"), canUsePasskeys());
  show(byRole(root, "no-passkeys-here"), !canUsePasskeys());
  onClick(byRole(root, "add-passkey"), () => addPasskey(desk));
  onClick(byRole(root, "make-codes"), () => makeCodes(desk));
  onClick(byRole(root, "new-app"), () => setUpApp(desk));
  return refill();
};
