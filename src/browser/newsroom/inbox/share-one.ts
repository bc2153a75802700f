import { sharePanel } from "../pieces/share-panel.ts";
import type { Desk } from "../shell/view.ts";
import type { ConversationShown } from "../worker/reading/shapes.ts";
import { readerNames } from "./message-part.ts";

/** Sharing the conversation that is open. */
export const shareOne = (
  desk: Desk,
  { mailbox, name }: ConversationShown,
  done: () => void,
): HTMLElement => {
  const { text } = desk;
  return sharePanel({
    desk,
    title: text.t("share.oneTitle"),
    lead: text.t("share.oneLead"),
    ask: text.t("share.oneAsk"),
    mailboxes: [mailbox],
    leaveBehind: true,
    done,
    asking: async () => {
      const found = await desk.keys.shareChoices({ mailbox });
      const names = readerNames(text, found.leftBehind, false);
      return {
        conversations: 1,
        title: text.t("share.oneAsking", { name }),
        text: text.t("share.oneText", {
          messages: text.t("inbox.messages", { count: found.messages }),
          files: text.t("inbox.files", { count: found.files }),
        }),
        leftBehind: found.leftBehind.length === 0 ? "" : text.t("share.leftBehind", { names }),
        colleagues: found.colleagues,
      };
    },
  });
};
