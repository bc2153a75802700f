import type { Config } from "./config.ts";
import type { SecretChange, SecretState } from "./secret-change/secret-change.ts";
import { dropPreviousSecret } from "./secrets/secret-file.ts";
import type { Job } from "./timetable.ts";

/**
 * Moves what stands under the secret before, at the start and every hour, and tells the operator what to do next; each
 * thing once. The data folder's own secret needs nobody: the one before is removed when nothing needs it any more.
 */
export const createSecretJob = (
  config: Config,
  change: SecretChange,
  say: (line: string) => void,
): Job => {
  const said = new Set<string>();
  const sayOnce = (line: string): void => {
    if (said.has(line)) return;
    said.add(line);
    say(`sealdrop: ${line}`);
  };
  const inDataDir = config.secret === null && config.secretPrevious === null;

  const tellOfPrevious = (needed: boolean): void => {
    if (needed) {
      sayOnce("The secret before is still accepted; nothing is to be done until this says so.");
    } else if (inDataDir) {
      dropPreviousSecret(config.dataDir);
      sayOnce("The secret before was removed: nothing needs it any more.");
    } else {
      sayOnce("SEALDROP_SECRET_PREVIOUS can be taken away: nothing needs it any more.");
    }
  };

  const tellOfUnreadable = ({ unreadable }: SecretState): void => {
    if (unreadable === 0) return;
    sayOnce(
      `Sealed values that cannot be read: ${unreadable} (second factors, the key log's key). They stand under another secret, and whose second factor it is cannot log in. Name that secret in SEALDROP_SECRET_PREVIOUS and start again.`,
    );
  };

  return {
    name: "secret",
    run: async () => {
      const state = await change.run();
      tellOfUnreadable(state);
      if (state.previousNeeded !== null) tellOfPrevious(state.previousNeeded);
    },
  };
};
