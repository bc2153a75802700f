import { accountFunctions } from "./account.ts";
import { auditFunctions } from "./audit.ts";
import { deviceFunctions } from "./device-secret.ts";
import { resetFunctions } from "./factor-reset.ts";
import { factorFunctions } from "./factors.ts";
import { handoverFunctions } from "./handover.ts";
import { historyFunctions } from "./history.ts";
import { joiningFunctions } from "./joining.ts";
import { keyChangeFunctions } from "./key-changes.ts";
import { keysFunctions } from "./keys.ts";
import { lastingKeysFunctions } from "./lasting-keys.ts";
import { passkeyFunctions } from "./passkeys.ts";
import { peopleFunctions } from "./people.ts";
import type { Clock } from "./reading/clock.ts";
import { createReadingRoom } from "./reading/room.ts";
import { readingFunctions } from "./reading.ts";
import { recoveryFunctions } from "./recovery.ts";
import { rightsFunctions } from "./rights.ts";
import { rotatingFunctions } from "./rotating.ts";
import type { Session } from "./session.ts";
import { setUpFunctions } from "./set-up.ts";
import { settingsFunctions } from "./settings.ts";
import { timelineFunctions } from "./timeline.ts";
import { witnessFunctions } from "./witnessing.ts";

/** What people work with. */
export const deskRooms = (session: Session, clock?: Clock) => {
  const room = createReadingRoom(session, clock);
  return {
    ...accountFunctions(session),
    ...deviceFunctions(session),
    ...factorFunctions(session),
    ...passkeyFunctions(session),
    ...resetFunctions(session),
    ...setUpFunctions(session),
    ...joiningFunctions(session),
    ...peopleFunctions(session),
    ...keysFunctions(session),
    ...timelineFunctions(session),
    ...lastingKeysFunctions(session),
    ...keyChangeFunctions(session),
    ...settingsFunctions(session),
    ...rotatingFunctions(session),
    ...rightsFunctions(session),
    ...readingFunctions(room),
    ...historyFunctions(session, room),
    ...handoverFunctions(session, room),
    ...recoveryFunctions(session),
    /** Somebody is back at the desk: what is asked for now and then is asked for now. Throws session-locked. */
    lookAround: async (): Promise<void> => {
      session.lookAround();
      await room.library().lookNow();
    },
  };
};

/** What checks the server after each unlock. */
export const watchRooms = (session: Session) => ({
  ...auditFunctions(session),
  ...witnessFunctions(session),
});

/** Every room's functions over one session: what the page calls, and what a test calls in its place. */
export const roomsOf = (session: Session) => ({ ...deskRooms(session), ...watchRooms(session) });
