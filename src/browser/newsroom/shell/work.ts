import type { Desk } from "./view.ts";

/**
 * Does something for the person at the desk, shows what is so then, after a failure too, and says what happened; and that it goes on,
 * when it takes longer. The button, where one is given, is at rest until all that is over.
 */
export type Work = <Result>(
  doing: Promise<Result>,
  done: string | ((result: Result) => string),
  button?: HTMLButtonElement,
) => void;

const LONG_MS = 1_000;

type Doing<Result> = { readonly doing: Promise<Result>; readonly done: (result: Result) => string };

const act = async <Result>(
  desk: Desk,
  refill: () => Promise<void>,
  { doing, done }: Doing<Result>,
): Promise<void> => {
  const late = setTimeout(() => desk.done(desk.text.t("state.goesOn")), LONG_MS);
  try {
    const result = await doing;
    await refill();
    clearTimeout(late);
    desk.done(done(result));
  } catch (error) {
    clearTimeout(late);
    desk.trouble(error);
    await refill().catch(desk.ends);
  }
};

export const createWork =
  (desk: Desk, refill: () => Promise<void>): Work =>
  (doing, done, button) => {
    const say = typeof done === "string" ? () => done : done;
    if (button !== undefined) button.disabled = true;
    void act(desk, refill, { doing, done: say }).then(() => {
      if (button !== undefined) button.disabled = false;
    });
  };
