import type { DeviceChange } from "../../src/browser/newsroom/worker/account.ts";
import {
  type Act,
  doAt,
  isDone,
  NOTHING,
  type Seat,
  seatAnew,
  seatSays,
  takeSeat,
} from "./acts.ts";
import { noteUnlock } from "./scene.ts";
import { carryOut, closeTabs, recoverTab, type Tab, type Way } from "./staff.ts";

/** Passphrases, device secrets, recovery words: a new vault key each time, every record sealed anew, all other sessions ended. */

/** Before it is sent, since nobody can say afterwards whether it counts. */
const writeDown = async ({ person, rooms }: Tab, device: DeviceChange): Promise<Way> => {
  const [before] = person.ways;
  person.recovery.unshift((await rooms.draftRecoveryWords()).join(" "));
  const cards = {
    keep: async () => before?.device ?? null,
    new: async () => (await rooms.draftDevice()).join(" "),
    off: async () => null,
  };
  const way = { passphrase: `${before?.passphrase} more`, device: await cards[device]() };
  person.ways.unshift(way);
  return way;
};

const onlyNewest = ({ person }: Tab): void => {
  person.ways.splice(1);
  person.recovery.splice(1);
};

export const changesPassphrase = (seat: Seat, device: DeviceChange): Act => ({
  says: `${seatSays(seat)} changes the passphrase, device secret: ${device}`,
  prepare: async (scene) => {
    const tab = await takeSeat(scene, seat);
    if (tab === null) return null;
    const { person, rooms } = tab;
    const current = person.ways[0]?.passphrase ?? "";
    return {
      line: tab.line,
      go: async ({ alone }) => {
        const done = await doAt("changes the passphrase", tab, async () => {
          const { passphrase } = await writeDown(tab, device);
          await rooms.changePassphrase({ current, passphrase, device, keepDevice: false });
          return true;
        });
        if (done && alone) onlyNewest(tab);
        closeTabs(person);
        return NOTHING;
      },
    };
  },
});

/** The passphrase is forgotten, the card lost with it. */
export const comesByWords = (seat: Seat): Act => ({
  says: `${seatSays(seat)} comes back by recovery words`,
  prepare: async (scene) => {
    const tab = seatAnew(scene, seat);
    if (tab === null) return null;
    const { person } = tab;
    const comeBack = async (): Promise<void> => {
      await recoverTab(scene.ground, tab);
      const { passphrase } = await writeDown(tab, "off");
      const typed = { current: null, passphrase, device: "off", keepDevice: false } as const;
      await tab.rooms.changePassphrase(typed);
    };
    return {
      line: tab.line,
      go: async ({ alone }) => {
        const came = await carryOut(tab.line, comeBack);
        const done = isDone(`${person.name} comes back by words`, came);
        if (alone && !done) throw new Error(`${person.name} cannot come back by words`);
        if (alone) onlyNewest(tab);
        // What was read on the way is not known.
        noteUnlock(scene, person, { kind: "closed" });
        closeTabs(person);
        return NOTHING;
      },
    };
  },
});
