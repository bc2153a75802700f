import { confirmStep } from "../../kit/confirm.ts";
import { byRole, byRoleOf, clone, onClick, setText, show, showLines } from "../../kit/dom.ts";
import { nowAndThen } from "../../kit/now-and-then.ts";
import { setProgress } from "../../kit/progress.ts";
import type { Text } from "../../kit/text.ts";
import { showWords } from "../pieces/words.ts";
import type { Desk } from "../shell/view.ts";
import { createWork, type Work } from "../shell/work.ts";
import type { LastingKeys, OwnChange } from "../worker/lasting-keys.ts";
import type { Renewal } from "../worker/rewrapping.ts";

/** One's own identity, static and archive key: renewing them, the words to compare, and how far the archive is. */

const waitingWords = (text: Text, { slots, letters, foreign }: Renewal): readonly string[] => [
  ...(slots > 0 ? [text.t("lasting.waitSlots", { count: slots })] : []),
  ...(letters > 0 ? [text.t("lasting.waitLetters", { count: letters })] : []),
  ...(foreign > 0 ? [text.t("lasting.waitForeign", { count: foreign })] : []),
];

const renewalWords = (text: Text, { done, total, finished }: Renewal): string => {
  if (finished) return text.t("lasting.finished");
  return text.t("lasting.rewrapped", { done, total });
};

const fillRenewal = (root: HTMLElement, text: Text, renewal: Renewal | null): void => {
  show(byRole(root, "renewal"), renewal !== null);
  if (renewal === null) return;
  const { done, total, finished } = renewal;
  const bar = byRoleOf(root, "bar", HTMLProgressElement);
  const words = byRole(root, "renewal-words");
  const said = renewalWords(text, renewal);
  if (words.textContent !== said) words.textContent = said;
  setProgress(bar, total === 0 ? 1 : done / total);
  show(bar, !finished);
  show(byRole(root, "renewal-help"), !finished);
  showLines(byRole(root, "waiting"), waitingWords(text, renewal));
};

const fillChange = (root: HTMLElement, desk: Desk, change: OwnChange | null): void => {
  show(byRole(root, "offer"), change === null);
  show(byRole(root, "change"), change !== null);
  if (change === null) return;
  const { state, stolen, words } = change;
  const admin = desk.me.role === "admin";
  setText(root, "change-title", desk.text.t(`lasting.${state}.title`));
  setText(root, "change-text", desk.text.t(`lasting.${state}.text`));
  showWords(root, state === "waiting" ? words : []);
  show(byRole(root, "words"), state === "waiting");
  show(byRole(root, "change-stolen"), stolen);
  show(byRole(root, "change-self"), state === "waiting" && admin);
  show(byRole(root, "hand-in"), state === "made");
  show(byRole(root, "sign"), state === "waiting" && admin);
};

const openActs = (root: HTMLElement, desk: Desk, given: { now(): LastingKeys; work: Work }) => {
  const { now, work } = given;
  const { keys, text } = desk;
  const stolen = byRoleOf(root, "stolen", HTMLInputElement);
  const renew = (why: boolean): void =>
    work(keys.renewLastingKeys({ stolen: why }), text.t("lasting.handedIn"));
  confirmStep(byRole(root, "offer"), () => renew(stolen.checked));
  onClick(byRole(root, "hand-in"), () => renew(now().change?.stolen ?? false));
  onClick(byRole(root, "sign"), () => {
    const { memberNumber } = desk.me;
    const words = now().change?.words ?? [];
    if (memberNumber === null) return;
    work(keys.approveKeyChange({ memberNumber, words }), text.t("lasting.signed"));
  });
  confirmStep(byRole(root, "giving-up"), () =>
    work(keys.dropKeyChange(undefined), (yes) =>
      text.t(yes ? "lasting.dropped" : "lasting.tooLate"),
    ),
  );
};

const LOOK_MS = 10_000;

/** Answers what ends the looking for an admin's signature. */
export const openLastingKeys = (place: HTMLElement, desk: Desk): (() => void) => {
  const root = clone("part-lasting-keys");
  place.replaceChildren(root);
  let shown: LastingKeys = { change: null, renewal: null, hasOld: false };
  const fill = async (): Promise<void> => {
    shown = await desk.keys.lastingKeys(undefined);
    if (!root.isConnected) return;
    fillChange(root, desk, shown.change);
    fillRenewal(root, desk.text, shown.renewal);
  };
  /** Somebody else's doing: an admin has signed meanwhile. */
  const follow = async (): Promise<void> => {
    const waited = shown.change?.state === "waiting";
    await fill();
    if (waited && shown.change === null && shown.hasOld) desk.done(desk.text.t("lasting.followed"));
  };
  openActs(root, desk, { now: () => shown, work: createWork(desk, fill) });
  desk.on((event) => {
    if (event.kind === "renewal") fillRenewal(root, desk.text, event.renewal);
    if (event.kind === "overview") follow().catch(desk.trouble);
  });
  fill().catch(desk.trouble);
  return nowAndThen(LOOK_MS, () => {
    if (shown.change?.state !== "waiting") return;
    desk.keys.lookForSignature(undefined).catch(desk.ends);
  });
};
