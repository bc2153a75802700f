import { byRole, byRoleOf, clone, onClick, setText } from "../../kit/dom.ts";
import type { Text } from "../../kit/text.ts";
import { copyButton } from "../pieces/copy.ts";
import { qrCode } from "../pieces/qr.ts";
import { showWords } from "../pieces/words.ts";
import type { ReadyLink } from "../worker/settings.ts";

/** The ready link, its QR code and the twelve words, to be put on the newsroom's own pages and into print. */
export const fillPublish = (text: Text, ready: ReadyLink): HTMLElement => {
  const part = clone("part-publish");
  setText(part, "link", ready.link);
  setText(part, "sheet-link", ready.link);
  setText(part, "sheet-title", text.t("publish.sheetTitle", { name: ready.newsroomName }));
  byRole(part, "qr").append(qrCode(ready.link, text.t("publish.qr")));
  showWords(part, ready.words);
  byRoleOf(part, "test", HTMLAnchorElement).href = ready.link;
  copyButton(byRole(part, "copy"), text, () => ready.link);
  onClick(byRole(part, "print"), () => globalThis.print());
  return part;
};
