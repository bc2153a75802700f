import type { View } from "../shell/view.ts";

export const inboxView: View = {
  id: "inbox",
  template: "view-inbox",
  adminOnly: false,
  open: () => ({}),
};
