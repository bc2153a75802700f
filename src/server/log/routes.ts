import type { Request, Router } from "express";
import * as z from "zod/mini";
import { fromBase64url, utf8 } from "../../protocol/public/bytes.ts";
import { SealdropError } from "../../protocol/public/errors.ts";
import { HASH } from "../../protocol/public/limits.ts";
import * as api from "../../protocol/public/log-api.ts";
import { verifierKey } from "../../protocol/public/log-checkpoint.ts";
import { encodeInclusion, encodeLeaves, encodeProof } from "../../protocol/public/log-evidence.ts";
import { sendBytes, sendJson, sendNothing, sendText } from "../http/answers.ts";
import { createRouter } from "../http/app.ts";
import type { Guards } from "../http/guards.ts";
import { MAX_INT, readJson, readWhole } from "../http/input.ts";
import type { World } from "../http/world.ts";
import type { KeyLog } from "./log.ts";

const readHash = (text: unknown): Uint8Array => {
  const hash =
    typeof text === "string" && text.length < 50 ? fromBase64url(text) : new Uint8Array();
  if (hash.length !== HASH) throw new SealdropError("bad-request");
  return hash;
};

const sizeIn = (request: Request, name: string): number => readWhole(request.query[name], MAX_INT);

/** For both listeners, without a session: whoever wants to may check. docs/protocol.md §16.4. */
export const createLogRoutes = ({ crypto }: Pick<World, "crypto">, keyLog: KeyLog): Router => {
  const { proofs, evidences } = keyLog;
  const router = createRouter();
  router.get("/api/log/key", async (_request, response) => {
    sendText(response, utf8(`${verifierKey(crypto, await proofs.log())}\n`));
  });
  router.get("/api/log/checkpoint", async (_request, response) => {
    sendText(response, (await proofs.checkpoint()).note);
  });
  router.get("/api/log/entries", async (request, response) => {
    sendBytes(response, encodeLeaves(await proofs.leaves(sizeIn(request, "from"))));
  });
  router.get("/api/log/consistency", async (request, response) => {
    const [from, to] = [sizeIn(request, "from"), sizeIn(request, "to")];
    sendBytes(response, encodeProof(await proofs.consistency(from, to)));
  });
  router.get("/api/log/inclusion", async (request, response) => {
    const hash = readHash(request.query["hash"]);
    const [found] = await proofs.inclusions([hash], sizeIn(request, "size"));
    if (found === undefined) throw new SealdropError("not-found");
    sendBytes(response, encodeInclusion(found));
  });
  router.get("/api/log/evidence", async (request, response) => {
    const from = readWhole(request.query["from"] ?? "0", MAX_INT);
    sendBytes(response, await evidences(from));
  });
  return router;
};

/** For the newsroom's listener. docs/protocol.md §16.5. */
export const createSeenRoutes = ({ seen, logRestored }: KeyLog, guards: Guards): Router => {
  const router = createRouter();
  router.get("/api/log/seen", async (request, response) => {
    await guards.member(request);
    sendJson(response, z.encode(api.SeenList, { seen: [...(await seen.list())] }));
  });
  router.post("/api/log/seen", async (request, response) => {
    const { memberNumber } = await guards.member(request);
    const { statement } = await readJson(request, api.SeenPost);
    await seen.put(memberNumber, statement);
    sendNothing(response);
  });
  router.post("/api/log/restored", async (request, response) => {
    const { memberNumber } = await guards.admin(request);
    const { statement } = await readJson(request, api.RestoredPost);
    await logRestored(statement, memberNumber);
    sendNothing(response);
  });
  return router;
};
