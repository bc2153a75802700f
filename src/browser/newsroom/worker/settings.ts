import { base64url } from "../../../protocol/public/bytes.ts";
import { encodeSettings, parseSettings, type Settings } from "../../../protocol/public/settings.ts";
import type { Intake, IntakePost } from "../../../protocol/public/staff-api.ts";
import { fingerprintWords } from "../../../protocol/public/words.ts";
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

export const settingsFunctions = (session: Session) => ({
  settings: (): Settings => session.world().settings,

  /** Throws bad-structure for what the source's page would refuse. */
  saveSettings: async (settings: Settings): Promise<void> => {
    const { roster } = session.world();
    parseSettings(encodeSettings(settings));
    await signNext(session, { entries: roster.entries, settings });
    tell(session);
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
