import { base64url, equal } from "../../../protocol/public/bytes.ts";
import { encodeSettings, parseSettings, type Settings } from "../../../protocol/public/settings.ts";
import type { Intake, IntakePost } from "../../../protocol/public/staff-api.ts";
import { fingerprintWords } from "../../../protocol/public/words.ts";
import { CodeError } from "../../kit/code-error.ts";
import { signNext } from "./newsroom-key.ts";
import type { Session } from "./session.ts";
import { tell } from "./tell.ts";

/** The newsroom's words: bound by the roster, so each change is a new roster. Ceilings are the server's own. */

export type ReadyLink = {
  readonly newsroomName: string;
  /** Carries the newsroom key's fingerprint, which the source's page insists on. */
  readonly link: string;
  readonly words: readonly string[];
};

export type SettingsChange = {
  /** What the form was filled with. */
  readonly from: Settings;
  readonly to: Settings;
};

const isSame = (a: Settings, b: Settings): boolean => equal(encodeSettings(a), encodeSettings(b));

/** What was saved and not heard of is no change by others. */
const isOvertaken = (session: Session, { from, to }: SettingsChange): boolean => {
  const { settings } = session.world();
  return !isSame(settings, from) && !isSame(settings, to);
};

export const settingsFunctions = (session: Session) => ({
  settings: (): Settings => session.world().settings,

  /** As they are on the server now, for a form to be filled with; those at hand when it does not answer, since saving looks again. */
  newestSettings: async (): Promise<Settings> => {
    await session
      .world()
      .refreshRoster()
      .catch(() => false);
    return session.world().settings;
  },

  /**
   * Throws bad-structure for what the source's page would refuse, and settings-changed when the newsroom's are not those of
   * `from` any more: nobody takes back what they have not seen.
   */
  saveSettings: async (change: SettingsChange): Promise<void> => {
    parseSettings(encodeSettings(change.to));
    if (isOvertaken(session, change)) throw new CodeError("settings-changed");
    try {
      const { roster } = session.world();
      await signNext(session, { entries: roster.entries, settings: change.to });
    } catch (error) {
      throw isOvertaken(session, change) ? new CodeError("settings-changed") : error;
    } finally {
      tell(session);
    }
  },

  readyLink: (): ReadyLink => {
    const { crypto, me, newsroomKey, settings } = session.world();
    return {
      newsroomName: settings.newsroomName,
      link: `${me.sourceOrigin}/#${base64url(newsroomKey)}`,
      words: fingerprintWords(crypto, newsroomKey),
    };
  },

  intake: (): Promise<Intake> => session.world().api.call("intake", null),

  saveIntake: async (intake: IntakePost): Promise<void> => {
    await session.world().api.call("setIntake", intake);
  },
});
