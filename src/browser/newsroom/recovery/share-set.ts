import { confirmStep } from "../../kit/confirm.ts";
import { byRole, byRoleOf, clone, focusOn, onClick, setText, show } from "../../kit/dom.ts";
import type { Text } from "../../kit/text.ts";
import type { Desk } from "../shell/view.ts";
import type { Work } from "../shell/work.ts";
import type { HolderShown, RecoveryPage, SetShown } from "../worker/word-shares/status.ts";
import { openMaking } from "./making.ts";

/** Shares of one's own recovery words, or of the newsroom words: who holds, who is missing, whether it would be enough. */

export type SharedWords = SetShown["words"];

export type Given = {
  readonly desk: Desk;
  readonly words: SharedWords;
  readonly page: RecoveryPage;
  readonly work: Work;
  /** Shows the page as it is now. */
  reload(): Promise<void>;
};

const stateWords = (text: Text, { state, day }: HolderShown): string =>
  text.t(`recovery.state.${state}`, day === null ? {} : { day: text.day(day) });

const holderRow = (text: Text, holder: HolderShown): HTMLElement => {
  const row = clone("row-holder");
  setText(row, "name", holder.name);
  setText(row, "holder-state", stateWords(text, holder));
  return row;
};

/** Those of whom nothing speaks against that they hold it. */
const isThere = ({ state }: HolderShown): boolean => state === "kept" || state === "right";

const enoughWords = (text: Text, { needed, holders }: SetShown): string => {
  const there = holders.filter(isThere).length;
  const count = holders.length;
  const key = there >= needed ? "enough" : "tooFewHold";
  return text.t(`recovery.${key}`, { needed, all: count, there });
};

const rehearsedWords = (text: Text, set: SetShown): string => {
  if (set.rehearsedDay === null) return text.t("recovery.neverRehearsed");
  const right = set.holders.filter(({ state }) => state === "right").length;
  const values = { day: text.day(set.rehearsedDay), right, needed: set.needed };
  return text.t(right >= set.needed ? "recovery.rehearsedWell" : "recovery.rehearsed", values);
};

const fillSet = (part: HTMLElement, text: Text, set: SetShown): void => {
  show(byRole(part, "stale"), set.stale);
  setText(part, "state", enoughWords(text, set));
  byRole(part, "holders").replaceChildren(...set.holders.map((one) => holderRow(text, one)));
  setText(part, "rehearsed", rehearsedWords(text, set));
};

const openSet = (part: HTMLElement, { desk, words, work }: Given): void => {
  const { text, keys } = desk;
  onClick(byRole(part, "rehearse"), () =>
    work(keys.rehearse({ words }), (unreached) =>
      unreached.length === 0
        ? text.t("recovery.rehearsalAsked")
        : text.t("recovery.rehearsalSome", { names: text.list(unreached) }),
    ),
  );
  onClick(byRole(part, "look"), () => work(Promise.resolve(), text.t("recovery.looked")));
  confirmStep(byRole(part, "drop-part"), () =>
    work(keys.dropShares({ words }), (unreached) =>
      unreached.length === 0
        ? text.t("recovery.dropped")
        : text.t("recovery.droppedSome", { names: text.list(unreached) }),
    ),
  );
};

export const shareSetPart = (given: Given): HTMLElement => {
  const { desk, words, page } = given;
  const part = clone("part-share-set");
  const set = page.sets.find((one) => one.words === words);
  setText(part, "set-title", desk.text.t(`recovery.${words}.title`));
  setText(part, "set-text", desk.text.t(`recovery.${words}.text`));
  show(byRole(part, "none"), set === undefined);
  show(byRole(part, "set"), set !== undefined);
  if (set !== undefined) {
    fillSet(part, desk.text, set);
    openSet(part, given);
  }
  const canMake = page.mayShare.includes(words) && page.candidates.length > 1;
  show(byRole(part, "too-few"), page.candidates.length < 2);
  const make = byRoleOf(part, "make", HTMLDetailsElement);
  show(make, canMake);
  if (canMake) {
    openMaking(make, {
      ...given,
      replaces: set !== undefined,
      done: () => focusOn(byRole(part, "set-title")),
    });
  }
  return part;
};
