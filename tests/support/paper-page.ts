import { encodeBundle } from "../../src/protocol/public/bundle.ts";
import { honestStage, realCrypto, type Stage } from "./hostile-bundles.ts";
import { type Instance, startInstance } from "./instance.ts";
import { PLAIN_SETTINGS } from "./paper-newsroom.ts";

export type PaperPage = {
  readonly instance: Instance;
  readonly stage: Stage;
  /** Where *leave quickly* leads: another origin, which the tests can see. */
  readonly neutral: string;
  readonly link: string;
};

/** The real server and its source page, with a newsroom that was made on paper: nobody has to set it up. */
export const startPaperPage = async (): Promise<PaperPage> => {
  const instance = await startInstance();
  const neutral = `${instance.newsroom.origin}/healthz`;
  const settings = { ...PLAIN_SETTINGS, leavingPage: neutral };
  const stage = honestStage(await realCrypto(), Date.now(), { settings });
  const body = Buffer.from(encodeBundle(stage.honest));
  instance.source.hook({
    alter: ({ path }, answer) =>
      path === "/api/newsroom"
        ? {
            status: 200,
            headers: { ...answer.headers, "content-type": "application/octet-stream" },
            body,
          }
        : null,
  });
  const fragment = Buffer.from(stage.newsroom.key).toString("base64url");
  return { instance, stage, neutral, link: `${instance.source.origin}/#${fragment}` };
};
