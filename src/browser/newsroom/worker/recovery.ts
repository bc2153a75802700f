import { base64url } from "../../../protocol/public/bytes.ts";
import type { SharedWords } from "../../../protocol/secret/word-share.ts";
import type { CallContext } from "../../kit/worker-rpc.ts";
import { collectLetters } from "./letters.ts";
import type { Session } from "./session.ts";
import { tell } from "./tell.ts";
import {
  countUnanswered,
  giveShare,
  type RequestShown,
  requestsShown,
} from "./word-shares/helping.ts";
import { giveBack, refuseToGive, startHolding } from "./word-shares/holding.ts";
import { lostFunctions } from "./word-shares/lost.ts";
import { dropSet, finishSet, makeSet, type SetPlan } from "./word-shares/making.ts";
import { askRehearsal, collect, endCollecting, startReturns } from "./word-shares/returns.ts";
import { nameOf, type RecoveryPage, recoveryPage } from "./word-shares/status.ts";

/** Shares of words, rehearsals, and recovery by colleagues. docs/protocol.md §19. */

export type SharesProgress = { readonly done: number };
type Whose = { readonly words: SharedWords };

const LOOK_MS = 60_000;

export const recoveryFunctions = (session: Session) => {
  startHolding(session);
  startReturns(session);

  /** Whatever keeps it from looking now, the next minute looks again. */
  const look = async (): Promise<void> => {
    const opened = session.opened();
    const asked = await countUnanswered(opened.world);
    if (asked === opened.recoveryAsked) return;
    opened.recoveryAsked = asked;
    tell(session);
  };
  const finish = async (): Promise<void> => {
    for (const words of ["recovery", "newsroom"] as const) await finishSet(session.world(), words);
  };
  let looking = false;
  session.onOpen(() => {
    finish().catch(() => undefined);
    look().catch(() => undefined);
    if (looking) return;
    looking = true;
    session.repeat(LOOK_MS, () => void look().catch(() => undefined));
  });

  const namesOf = (members: readonly number[]): readonly string[] =>
    members.map((member) => nameOf(session.world(), member));

  return {
    ...lostFunctions(session),

    /** Takes in what colleagues have sent meanwhile, and what another desk of this member has taken in. */
    recoveryPage: async (): Promise<RecoveryPage> => {
      await collectLetters(session);
      await session.world().records.reload();
      return recoveryPage(session.world());
    },

    makeShares: (plan: SetPlan, context: CallContext): Promise<void> =>
      makeSet(session.world(), plan, (done) => context.progress({ done } satisfies SharesProgress)),

    /** Answers the names of those who cannot be told now, and keep their shares. */
    dropShares: async ({ words }: Whose): Promise<readonly string[]> =>
      namesOf(await dropSet(session.world(), words)),

    /** Answers the names of those who cannot be asked now. */
    rehearse: async ({ words }: Whose): Promise<readonly string[]> =>
      namesOf(await askRehearsal(session.world(), words)),

    collectNewsroomWords: async (): Promise<readonly string[]> =>
      namesOf(await collect(session.world())),
    endCollecting: (): Promise<void> => endCollecting(session.world()),

    giveBack: ({ memberNumber }: { readonly memberNumber: number }): Promise<void> =>
      giveBack(session.world(), memberNumber),
    refuseToGive: ({ memberNumber }: { readonly memberNumber: number }): Promise<void> =>
      refuseToGive(session.world(), memberNumber),

    recoveryRequests: (): Promise<readonly RequestShown[]> => requestsShown(session.world()),
    giveShare: async (given: {
      readonly id: Uint8Array;
      readonly words: readonly string[];
    }): Promise<void> => {
      await giveShare(session.world(), given);
      await look();
    },
    /** For admins: a request that is nobody's, or that nobody should answer. */
    dropRequest: async ({ id }: { readonly id: Uint8Array }): Promise<void> => {
      await session.world().api.call("dropRecovery", null, { id: base64url(id) });
      await look();
    },
  };
};
