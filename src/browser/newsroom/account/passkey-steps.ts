import { PASSKEY_NAME_CHARACTERS } from "../../../protocol/public/signin-api.ts";
import { byRole, onClick, setText, show } from "../../kit/dom.ts";
import { onValid, openForm, type Rule, required } from "../pieces/form.ts";
import { askPasskey, makePasskey } from "../pieces/passkey.ts";
import type { Step, Walk } from "../pieces/steps.ts";
import type { Desk } from "../shell/view.ts";
import { walkFromDesk } from "./from-desk.ts";

type Draft = {
  readonly userName: string;
  name: string;
  /** Null until it is made. */
  credentialId: Uint8Array | null;
  canUnlock: boolean;
  unlocks: boolean;
};

const nameRule: Rule = {
  role: "passkey-name",
  wrong: (value) => {
    if (value.trim() === "") return "form.required";
    return value.trim().length > PASSKEY_NAME_CHARACTERS ? "form.tooLong" : null;
  },
};

const make = async ({ app, draft }: Walk<Draft>, passphrase: string): Promise<void> => {
  const keys = app.keys();
  const { userName, name } = draft;
  await keys.checkPassphrase({ passphrase });
  const { passkeys } = await keys.factors(undefined);
  const question = await keys.askForPasskey({ userName });
  const made = await makePasskey(question, { userName, known: passkeys });
  const { clientData, attestation } = made;
  await keys.addPasskey({ name, clientData, attestation });
  draft.credentialId = made.credentialId;
  draft.canUnlock = made.canUnlock;
};

const openMaking = (part: HTMLElement, walk: Walk<Draft>): void => {
  const form = openForm(part);
  form.set("passkey-name", walk.draft.name);
  onValid(form, walk.app.text, {
    rules: [nameRule, required("passphrase")],
    sentences: { "wrong-login": "unlock.wrong", forbidden: "passkeys.tooMany" },
    act: async () => {
      walk.draft.name = form.value("passkey-name").normalize("NFC");
      await make(walk, form.field("passphrase").value);
      walk.next();
    },
  });
  onClick(byRole(part, "back"), walk.back);
};

const makingStep: Step<Draft> = {
  label: "steps.passkey",
  template: "step-passkey",
  open: openMaking,
};

const openDoor = (part: HTMLElement, { app, draft, next }: Walk<Draft>): void => {
  const form = openForm(part);
  setText(part, "title", app.text.t("passkeys.doorTitle", { name: draft.name }));
  onValid(form, app.text, {
    rules: [],
    sentences: { "passkey-refused": "passkeys.notThisOne", "passkey-no-door": "passkeys.cannot" },
    act: async () => {
      const question = await app.keys().askForPasskey({ userName: draft.userName });
      const which = draft.credentialId === null ? {} : { credentialId: draft.credentialId };
      const answer = await askPasskey(question, { unlocks: true, ...which });
      await app.keys().openPasskeyDoor(answer);
      draft.unlocks = true;
      next();
    },
  });
  onClick(byRole(part, "without"), next);
};

/** Only where its authenticator said that it can. */
const doorStep: Step<Draft> = {
  label: "steps.passkeyDoor",
  template: "step-passkey-door",
  skip: ({ canUnlock }) => !canUnlock,
  open: openDoor,
};

const said = ({ unlocks }: Draft): string => (unlocks ? "passkeys.unlocksDone" : "passkeys.done");

export const addPasskey = (desk: Desk): void => {
  const { userName } = desk.me;
  walkFromDesk<Draft>(desk, {
    steps: [makingStep, doorStep],
    draft: { userName, name: "", credentialId: null, canUnlock: false, unlocks: false },
    said,
  });
};

/** For one that is there already: after a new passphrase, or because it was put off. */
export const openDoorFor = (
  desk: Desk,
  { name, credentialId }: { readonly name: string; readonly credentialId: Uint8Array },
): void => {
  const { userName } = desk.me;
  walkFromDesk<Draft>(desk, {
    steps: [doorStep],
    draft: { userName, name, credentialId, canUnlock: true, unlocks: false },
    said,
  });
};

export const showPlace = (line: HTMLElement, host: string): void => {
  show(byRole(line, "host-part"), host !== location.hostname);
  setText(line, "host", host);
};
