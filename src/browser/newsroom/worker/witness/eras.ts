import { equal } from "../../../../protocol/public/bytes.ts";
import type { NewsroomPublicKey } from "../../../../protocol/public/crypto.ts";
import { type NewsroomKeys, parseRotation } from "../../../../protocol/public/newsroom-keys.ts";
import { parseStatement, verifyStatement } from "../../../../protocol/public/statement.ts";
import { codeOf } from "../../../kit/code-error.ts";
import type { World } from "../world.ts";

/** Whose key was the newsroom's at each place of the log: the verified chain of keys, in step with its leaves. */
export type EraReader = {
  /** A rotation; one that is none of the chain's changes nothing. Throws bad-structure. */
  read(leaf: Uint8Array): void;
  /** Null under a key that was later given up as stolen: whoever took it could still write as if from before. */
  keyForRestored(): NewsroomPublicKey | null;
};

export const createEraReader = (
  { crypto, newsroomId }: World,
  { eras }: NewsroomKeys,
): EraReader => {
  let at = 0;
  return {
    read: (leaf) => {
      const next = eras[at + 1];
      const statement = parseStatement(leaf, "newsroom-rotated");
      if (next === undefined || !equal(parseRotation(statement).rotation.key, next.key)) return;
      try {
        verifyStatement(crypto, statement, { newsroomId, key: next.key });
      } catch (error) {
        if (codeOf(error) !== "bad-signature") throw error;
        return;
      }
      at += 1;
    },
    keyForRestored: () => {
      const after = eras[at + 1];
      return after?.stolen === true ? null : (eras[at]?.key ?? null);
    },
  };
};
