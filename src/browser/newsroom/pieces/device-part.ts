import { confirmStep } from "../../kit/confirm.ts";
import { byRole, byRoleOf, on, show } from "../../kit/dom.ts";
import type { Keys } from "../shell/app.ts";
import type { Form, Rule } from "./form.ts";
import { wordsOf } from "./words.ts";

/** For those who use a device secret: its card or file, folded away; and a word where this browser keeps one. */
export type DevicePart = {
  readonly rules: readonly Rule[];
  taken(): { readonly device: string | null; readonly keepDevice: boolean };
  /** Whose it would be. */
  look(userName: string): Promise<void>;
};

const CARD_WORDS = 24;
const MOST_FILE_BYTES = 4_096;

export const openDevicePart = (form: Form, keys: () => Keys): DevicePart => {
  const part = byRole(form.root, "device-part");
  const kept = byRole(form.root, "device-kept");
  const file = byRoleOf(part, "device-file", HTMLInputElement);
  const keep = byRoleOf(part, "keep-device", HTMLInputElement);
  let lookedFor = "";
  on(file, "change", () => {
    const [chosen] = file.files ?? [];
    if (chosen === undefined) return;
    // Of a wrong file enough to be told that it is none.
    const start = chosen.slice(0, MOST_FILE_BYTES);
    void start.text().then((text) => form.set("device", text.trim()));
  });
  confirmStep(kept, () => {
    void keys()
      .forgetDevice({ userName: lookedFor })
      .then(() => show(kept, false));
  });
  return {
    rules: [
      {
        role: "device",
        wrong: (value) =>
          value.trim() === "" || wordsOf(value).length === CARD_WORDS
            ? null
            : "recover.notTwentyFour",
      },
    ],
    taken: () => {
      const words = wordsOf(form.value("device"));
      return {
        device: words.length === 0 ? null : words.join(" "),
        keepDevice: words.length > 0 && keep.checked,
      };
    },
    look: async (userName) => {
      lookedFor = userName;
      const keepsOne = await keys().keepsDevice({ userName });
      if (lookedFor === userName) show(kept, keepsOne);
    },
  };
};
