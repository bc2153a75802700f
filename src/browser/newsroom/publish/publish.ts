import { byRole } from "../../kit/dom.ts";
import type { Desk, View } from "../shell/view.ts";
import { fillPublish } from "./fill-publish.ts";

const fill = async (root: HTMLElement, desk: Desk): Promise<void> => {
  const ready = await desk.keys.readyLink(undefined);
  byRole(root, "publish").replaceChildren(fillPublish(desk.text, ready));
};

export const publishView: View = {
  id: "publish",
  template: "view-publish",
  adminOnly: false,
  open: (root, desk) => {
    fill(root, desk).catch(desk.trouble);
    return {};
  },
};
