import { sharePanel } from "../pieces/share-panel.ts";
import type { Desk } from "../shell/view.ts";

/** Sharing everything one can read, for whoever takes over or stands in. */
export const shareAll = (desk: Desk): HTMLElement => {
  const { text } = desk;
  return sharePanel({
    desk,
    title: text.t("share.allTitle"),
    lead: text.t("share.allLead"),
    ask: text.t("share.allAsk"),
    mailboxes: null,
    leaveBehind: false,
    done: () => undefined,
    asking: async () => {
      const { conversations, colleagues } = await desk.keys.shareAllChoices(undefined);
      return {
        conversations,
        title: text.t("share.allAsking", { count: conversations }),
        text: text.t("share.allText"),
        leftBehind: "",
        colleagues,
      };
    },
  });
};
