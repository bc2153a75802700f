import { SealdropError } from "../../src/protocol/public/errors.ts";

/** Letters that wait, on paper. */
export type PaperLetter = {
  readonly id: number;
  readonly from: number;
  readonly to: number;
  readonly letter: Uint8Array;
};

export type PaperCall = {
  readonly name: string;
  readonly body: unknown;
  readonly id: string | undefined;
};

export const paperLetters = (day: number) => {
  const waiting: PaperLetter[] = [];
  let last = 0;
  return {
    waiting,
    /** The JSON routes of docs/api.md that are about letters, and no other. */
    call: (member: number, { name, body, id }: PaperCall): unknown => {
      if (name === "sendLetter") {
        const { to, letter } = body as { to: number; letter: Uint8Array };
        last += 1;
        waiting.push({ id: last, from: member, to, letter });
        return { id: last };
      }
      if (name === "letters") {
        const own = waiting.filter((one) => one.to === member && one.id > Number(id));
        return { letters: own.map((one) => ({ ...one, day })), more: false };
      }
      if (name !== "dropLetter") throw new SealdropError("not-found");
      const at = waiting.findIndex((one) => one.id === Number(id));
      if (at >= 0) waiting.splice(at, 1);
      return null;
    },
  };
};
