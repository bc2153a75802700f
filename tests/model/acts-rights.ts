import {
  type Act,
  doAt,
  isDoneAt,
  pick,
  type Seat,
  seatSays,
  signs,
  staffOf,
  takeAdminSeat,
  takeSeat,
} from "./acts.ts";
import { numberOf } from "./scene.ts";

/** Lasting keys, the newsroom's key, who is an admin. */

/** New identity, static and archive key: asked for by the member; an admin's signature is another step. */
export const renewsLasting = (seat: Seat, stolen: boolean): Act => ({
  says: `${seatSays(seat)} asks for new lasting keys${stolen ? ", the old ones stolen" : ""}`,
  prepare: async (scene) => {
    const tab = await takeSeat(scene, seat);
    return signs(tab, {
      says: "asks for new keys",
      deed: {},
      act: ({ rooms }) => rooms.renewLastingKeys({ stolen }),
    });
  },
});

export const signsLasting = (seat: Seat, which: number): Act => ({
  says: `admin ${seatSays(seat)} signs new lasting keys ${which}`,
  prepare: async (scene) => {
    const tab = await takeAdminSeat(scene, seat);
    if (tab === null) return null;
    const rows = (await doAt("looks", tab, () => tab.rooms.keyChanges())) ?? [];
    const row = pick(
      rows.filter(({ words }) => words !== null),
      which,
    );
    if (row === undefined) return null;
    const { memberNumber, stolen, words } = row;
    return signs(tab, {
      says: "signs new keys",
      deed: { renews: { number: memberNumber, stolen } },
      act: ({ rooms }) => rooms.approveKeyChange({ memberNumber, words: words ?? [] }),
    });
  },
});

/** Looks whether an admin has signed; the vault follows. */
export const looksForSignature = (seat: Seat): Act => ({
  says: `${seatSays(seat)} looks for the signature`,
  prepare: async (scene) =>
    signs(await takeSeat(scene, seat), {
      says: "looks for the signature",
      deed: {},
      act: ({ rooms }) => rooms.lookForSignature(),
    }),
});

export const makesAdmin = (seat: Seat, whom: number): Act => ({
  says: `admin ${seatSays(seat)} makes #${whom} an admin`,
  prepare: async (scene) => {
    const tab = await takeAdminSeat(scene, seat);
    const person = pick(
      staffOf(scene).filter(({ isAdmin }) => !isAdmin),
      whom,
    );
    const memberNumber = person === undefined ? null : numberOf(scene, person);
    if (memberNumber === null) return null;
    return signs(tab, {
      says: "makes an admin",
      deed: {},
      act: ({ rooms }) => rooms.makeAdmin({ memberNumber }),
    });
  },
});

export const takesRights = (seat: Seat, whom: number): Act => ({
  says: `admin ${seatSays(seat)} takes #${whom}'s rights`,
  prepare: async (scene) => {
    const tab = await takeAdminSeat(scene, seat);
    const person = pick(
      staffOf(scene).filter((one) => one.isAdmin && one !== tab?.person),
      whom,
    );
    const memberNumber = person === undefined ? null : numberOf(scene, person);
    if (memberNumber === null) return null;
    return signs(tab, {
      says: "takes rights",
      deed: {},
      act: ({ rooms }) => rooms.takeRights({ memberNumber }),
    });
  },
});

/** With the sheet of paper that everybody can find; the next one is written before anything happens. */
export const rotatesNewsroom = (seat: Seat, stolen: boolean): Act => ({
  says: `admin ${seatSays(seat)} rotates the newsroom's key${stolen ? " as stolen" : ""}`,
  prepare: async (scene) => {
    const tab = await takeAdminSeat(scene, seat);
    if (tab === null) return null;
    const { rooms } = tab;
    const rotate = async (): Promise<void> => {
      if (rooms.newsroomKeyState().pending?.state === "open") return rooms.resumeRotation();
      const words = scene.sheets.at(-1)?.join(" ") ?? "";
      scene.sheets.push(await rooms.startRotation({ words, stolen }));
      return rooms.finishRotation();
    };
    return {
      line: tab.line,
      go: async () => {
        const before = scene.sheets.length;
        const sure = await isDoneAt("rotates the newsroom's key", tab, rotate);
        // Refused: the sheet just written is worth nothing. After a broken line both lie there.
        if (!sure && !tab.line.isClosed())
          scene.sheets.length = Math.min(before, scene.sheets.length);
        return { sure };
      },
    };
  },
});

/** The key stays with who holds it beside them; whoever steps down for the last admin is refused. */
export const stepsDown = (seat: Seat): Act => ({
  says: `admin ${seatSays(seat)} steps down`,
  prepare: async (scene) =>
    signs(await takeAdminSeat(scene, seat), {
      says: "steps down",
      deed: {},
      act: ({ rooms }) => rooms.stepDown(),
    }),
});
