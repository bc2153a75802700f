import { confirmStep } from "../../kit/confirm.ts";
import { byRole, setText, show } from "../../kit/dom.ts";
import { walkNewVaultKey } from "../entrance/change-passphrase.ts";
import { passphraseDraft, passphraseSteps } from "../entrance/new-passphrase-steps.ts";
import { onValid, openForm, required } from "../pieces/form.ts";
import type { Desk, View } from "../shell/view.ts";
import { showDevice } from "./device.ts";
import { showFactors } from "./factors.ts";
import { showSessions } from "./sessions.ts";

const showSelf = async (root: HTMLElement, desk: Desk): Promise<void> => {
  const members = await desk.keys.members(undefined);
  const self = members.find((member) => member.me);
  setText(root, "shown-name", self?.name ?? "");
};

/** The current passphrase first: an open desk alone must not be enough to lock its owner out. */
const changePassphrase = (root: HTMLElement, desk: Desk): void => {
  const form = openForm(byRole(root, "passphrase-section"));
  onValid(form, desk.text, {
    rules: [required("passphrase")],
    sentences: { "wrong-login": "unlock.wrong" },
    act: async () => {
      const current = form.field("passphrase").value;
      await desk.keys.checkPassphrase({ passphrase: current });
      const { userName } = desk.me;
      desk.leave();
      walkNewVaultKey(desk.app, {
        steps: passphraseSteps,
        draft: passphraseDraft(current, userName),
        notice: "newPassphrase.done",
        leave: () => desk.app.go({ at: "desk", me: desk.me, view: "account" }),
      });
    },
  });
};

/** A list that does not come must not keep its owner from what needs none. */
const LATE_MS = 4_000;

const everywhere = async (desk: Desk): Promise<void> => {
  await desk.keys.logOut({ everywhere: true });
  desk.end({ session: "ended", notice: "login.everywhere" });
};

export const accountView: View = {
  id: "account",
  template: "view-account",
  adminOnly: false,
  open: (root, desk) => {
    setText(root, "user-name", desk.me.userName);
    setText(root, "role", desk.text.t(`role.${desk.me.role}`));
    // Shown once all of it is there: what comes late would push a button from under somebody's finger.
    const filled = [showSelf, showFactors, showSessions, showDevice].map((fill) =>
      fill(root, desk).catch(desk.trouble),
    );
    const late = new Promise((resolve) => setTimeout(resolve, LATE_MS));
    void Promise.race([Promise.all(filled), late]).then(() => {
      show(byRole(root, "loading"), false);
      show(byRole(root, "whole"), true);
    });
    changePassphrase(root, desk);
    confirmStep(byRole(root, "everywhere"), () => void everywhere(desk).catch(desk.trouble));
    return {};
  },
};
