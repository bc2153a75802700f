import { codeOf } from "../../kit/code-error.ts";
import type { App, Place } from "../shell/app.ts";
import { lastUser } from "../shell/last-user.ts";
import type { Arrival } from "../worker/main.ts";

const placeOf = (arrival: Arrival): Place => {
  switch (arrival.at) {
    case "not-set-up":
      return { at: "stopped", code: "not-set-up" };
    case "login":
      return { at: "login" };
    case "locked": {
      const userName = lastUser();
      return userName === null ? { at: "login" } : { at: "unlock", userName };
    }
    case "session":
      return { at: "unlock", userName: arrival.me.userName };
  }
};

/** Loads the crypto, asks where we stand, and says plainly what is in the way. */
export const start = async (app: App): Promise<void> => {
  try {
    app.go(placeOf(await app.keys().arrive(undefined)));
  } catch (error) {
    app.dropKeys();
    app.go({ at: "stopped", code: codeOf(error) });
  }
};
