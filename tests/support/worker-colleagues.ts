import { joiningFunctions } from "../../src/browser/newsroom/worker/joining.ts";
import { collectLetters } from "../../src/browser/newsroom/worker/letters.ts";
import { peopleFunctions } from "../../src/browser/newsroom/worker/people.ts";
import { recoveryFunctions } from "../../src/browser/newsroom/worker/recovery.ts";
import type { World } from "../../src/browser/newsroom/worker/world.ts";
import type { TestServer } from "./server.ts";
import { issueSetupToken } from "./staff.ts";
import { totpAt } from "./totp.ts";
import {
  PASSPHRASE,
  type Way,
  type WorkerClient,
  type WorkerClientOptions,
  workerClient,
} from "./worker-client.ts";

/** Several members with real vaults on a real server, each through the worker's own functions. */
export type Colleague = Way & {
  readonly name: string;
  readonly client: WorkerClient;
  readonly recovery: ReturnType<typeof recoveryFunctions>;
  readonly people: ReturnType<typeof peopleFunctions>;
  /** On paper. */
  readonly words: string;
  readonly newsroomWords: string;
  world(): World;
  /** What the worker does each minute. */
  takeLetters(): Promise<void>;
};

const roomsOf = (client: WorkerClient) => ({
  client,
  recovery: recoveryFunctions(client.session),
  people: peopleFunctions(client.session),
  world: () => client.session.world(),
  takeLetters: async () => {
    await collectLetters(client.session);
  },
});

const codes = (server: TestServer, secret: string) => (): string => {
  server.moveSeconds(60);
  return totpAt(secret, Math.floor(server.world.now().getTime() / 30_000));
};

const typed = (name: string) => ({ name, userName: name.toLowerCase(), passphrase: PASSPHRASE });

export const foundNewsroom = async (
  server: TestServer,
  name = "Ann",
  options: WorkerClientOptions = {},
): Promise<Colleague> => {
  const rooms = roomsOf(workerClient(server, options));
  const { setUp } = rooms.client;
  const setupToken = await issueSetupToken(server);
  const sheets = await setUp.startSetUp({ setupToken });
  const person = typed(name);
  const code = codes(server, setUp.setUpFactor(person).secret);
  const newsroom = { newsroomName: "The Paper", words: "", otherContact: "by post" };
  await setUp.finishSetUp({ setupToken, ...newsroom, ...person, totpCode: code() });
  const words = sheets.recovery.join(" ");
  return { ...rooms, ...person, words, newsroomWords: sheets.newsroom.join(" "), code };
};

export const enrol = async (
  server: TestServer,
  admin: Colleague,
  name: string,
  options: WorkerClientOptions = {},
): Promise<Colleague> => {
  const rooms = roomsOf(workerClient(server, options));
  const joining = joiningFunctions(rooms.client.session);
  const secret = await admin.people.invite({ label: name });
  const { recovery } = await joining.startJoining({ secret });
  const person = typed(name);
  const code = codes(server, joining.joinFactor(person).secret);
  await joining.finishJoining({ ...person, totpCode: code() });
  const [invited] = await admin.people.invitations();
  if (invited === undefined) throw new Error("nobody has answered");
  await admin.people.approve({ id: invited.id, words: joining.waitingWords() });
  await joining.askApproval();
  return { ...rooms, ...person, words: recovery.join(" "), newsroomWords: "", code };
};

/** Somebody at the log-in page, with nothing. */
export const withNothing = (server: TestServer) => {
  const client = workerClient(server);
  return { client, lost: recoveryFunctions(client.session) };
};
