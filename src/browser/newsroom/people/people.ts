import { base64url } from "../../../protocol/public/bytes.ts";
import { staffLimits } from "../../../protocol/public/staff-api.ts";
import { byRole, focusOn, setText, show, showLines } from "../../kit/dom.ts";
import { nowAndThen } from "../../kit/now-and-then.ts";
import { copyButton } from "../pieces/copy.ts";
import { onValid, openForm } from "../pieces/form.ts";
import type { Desk, View } from "../shell/view.ts";
import { createWork, type Work } from "../shell/work.ts";
import { handoverPart } from "./handover.ts";
import { invitePart, inviteRow } from "./invites.ts";
import { fillKeyChanges, type ShownChanges } from "./key-changes.ts";
import { memberLine, offersAction } from "./member-row.ts";
import { fillResets, openResetLink } from "./resets.ts";
import { shareAll } from "./share-all.ts";

/** Who belongs to the newsroom, who is invited, and the two things an admin does with people: approve and retire. */

const LOOK_MS = 10_000;

type Filling = {
  readonly work: Work;
  readonly showLink: (secret: Uint8Array, name: string) => void;
};

const fillMembers = async (root: HTMLElement, desk: Desk, filling: Filling): Promise<void> => {
  const members = await desk.keys.members(undefined);
  const current = members.filter(({ state }) => state === "current");
  const left = members.filter(({ state }) => state === "left" || state === "stolen");
  byRole(root, "members").replaceChildren(
    ...current.map((member) => memberLine(desk, { member, ...filling })),
  );
  const offered = current.some((member) => offersAction(desk, member));
  show(byRole(root, "actions-head"), offered);
  show(byRole(root, "left-part"), left.length > 0);
  const lines = left.map(({ name, state }) => desk.text.t(`people.${state}`, { name }));
  showLines(byRole(root, "left"), lines);
  if (desk.me.role === "admin") await fillResets(root, desk, { members, work: filling.work });
};

/** What is already shown stays as it is: someone may be comparing words in it. */
type Shown = { key: string | null };

const fillInvites = async (root: HTMLElement, desk: Desk, given: { work: Work; shown: Shown }) => {
  const invites = await desk.keys.invitations(undefined);
  const key = invites.map(({ id, state }) => `${base64url(id)}${state}`).join(" ");
  if (key === given.shown.key || !root.isConnected) return;
  given.shown.key = key;
  const answered = invites.filter(({ state }) => state === "answered");
  byRole(root, "answered").replaceChildren(
    ...answered.map((invite) => invitePart(desk, invite, given.work)),
  );
  const open = invites.filter(({ state }) => state !== "answered");
  if (open.length === 0) show(byRole(root, "link-part"), false);
  show(byRole(root, "open-part"), open.length > 0);
  byRole(root, "invites").replaceChildren(
    ...open.map((invite) => inviteRow(desk, invite, given.work)),
  );
};

const openInviting = (root: HTMLElement, desk: Desk, after: () => Promise<void>): void => {
  const form = openForm(byRole(root, "admin-part"));
  const linkPart = byRole(root, "link-part");
  let link = "";
  copyButton(byRole(root, "copy"), desk.text, () => link);
  onValid(form, desk.text, {
    rules: [
      {
        role: "label",
        wrong: (value) => {
          if (value.trim() === "") return "form.required";
          return value.trim().length > staffLimits.inviteLabelCharacters ? "form.tooLong" : null;
        },
      },
    ],
    act: async () => {
      const secret = await desk.keys.invite({ label: form.value("label").normalize("NFC") });
      link = `${desk.me.newsroomOrigin}/#join=${base64url(secret)}`;
      setText(root, "link", link);
      setText(root, "copy", desk.text.t("copy.link"));
      show(linkPart, true);
      form.set("label", "");
      focusOn(linkPart);
      await after();
    },
  });
};

const openPeople = (root: HTMLElement, desk: Desk): { close(): void } => {
  const admin = desk.me.role === "admin";
  const shown: Shown = { key: null };
  const changes: ShownChanges = { key: null };
  const refill = async (): Promise<void> => {
    await fillMembers(root, desk, { work, showLink });
    // Not before: the list above would push the form away from under a hand.
    show(byRole(root, "admin-part"), admin);
    if (!admin) return;
    await fillInvites(root, desk, { work, shown });
    await fillKeyChanges(root, desk, { work, shown: changes });
  };
  const work = createWork(desk, () => {
    shown.key = null;
    changes.key = null;
    return refill();
  });
  byRole(root, "share-all").replaceChildren(shareAll(desk));
  byRole(root, "handover").replaceChildren(handoverPart(desk));
  const showLink = openResetLink(root, desk, () => void refill().catch(desk.trouble));
  show(byRole(root, "actions-head"), admin);
  refill().catch(desk.trouble);
  if (!admin) return { close: () => undefined };
  const look = (): void => {
    // Nobody asked for it: while the line is gone there is nothing to say.
    fillInvites(root, desk, { work, shown }).catch(desk.ends);
    fillKeyChanges(root, desk, { work, shown: changes }).catch(desk.ends);
  };
  openInviting(root, desk, () => fillInvites(root, desk, { work, shown }));
  return { close: nowAndThen(LOOK_MS, look) };
};

export const peopleView: View = {
  id: "people",
  template: "view-people",
  adminOnly: false,
  open: openPeople,
};
