import * as z from "zod/mini";
import { fromBase64url } from "../../src/protocol/public/bytes.ts";
import * as signin from "../../src/protocol/public/signin-api.ts";
import * as api from "../../src/protocol/public/staff-api.ts";
import type { Ceremony, PaperPasskey } from "./paper-passkey.ts";
import type { TestServer } from "./server.ts";
import { type Client, createClient, draw, type Person } from "./staff.ts";

/** What a browser with a passkey asks of the server. */
export const passkeySteps = (server: TestServer, person: Person) => {
  const challengeFor = async (userName: string): Promise<Uint8Array> => {
    const { body } = await createClient(server).post("/api/passkeys/challenge", { userName });
    return fromBase64url(body.challenge);
  };
  const ceremony = async (
    change: Partial<Ceremony> = {},
    userName = person.userName,
  ): Promise<Ceremony> => ({
    challenge: await challengeFor(userName),
    origin: server.newsroom,
    ...change,
  });
  return {
    challengeFor,
    ceremony,
    post: (client: Client, made: ReturnType<PaperPasskey["attest"]>, change: object = {}) =>
      client.post("/api/passkeys", {
        ...z.encode(signin.PasskeyPost, { authKey: person.authKey, name: "Blue key", ...made }),
        ...change,
      }),
    loginBody: async (key: PaperPasskey, change: Partial<Ceremony> = {}) =>
      z.encode(api.Login, {
        userName: person.userName,
        authKey: person.authKey,
        passkey: key.assert(await ceremony(change)),
      }),
    door: async (
      client: Client,
      key: PaperPasskey,
      { authKey, beside }: { readonly authKey: Uint8Array; readonly beside: Uint8Array },
    ) =>
      client.post(
        "/api/passkeys/door",
        z.encode(signin.PasskeyDoorPost, {
          passkey: key.assert(await ceremony()),
          authKey,
          wrappedKey: draw(72),
          beside,
        }),
      ),
    alone: async (key: PaperPasskey, authKey: Uint8Array) =>
      createClient(server).post(
        "/api/login/passkey",
        z.encode(signin.PasskeyLogin, {
          userName: person.userName,
          authKey,
          passkey: key.assert(await ceremony()),
        }),
      ),
  };
};
