import type { Response } from "express";

const drained = (response: Response): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
  });

/**
 * A long answer, one piece in memory at a time: whoever asks and does not read holds no more than that. A piece that is
 * null (deleted meanwhile) ends the answer short of its length, which a client notices.
 */
export const sendPieces = async (
  response: Response,
  length: number,
  pieces: AsyncIterable<Uint8Array | null>,
): Promise<void> => {
  response.status(200);
  response.setHeader("Content-Type", "application/octet-stream");
  response.setHeader("Content-Length", length);
  for await (const piece of pieces) {
    if (piece === null || response.destroyed) {
      response.destroy();
      return;
    }
    if (!response.write(piece)) await drained(response);
  }
  response.end();
};
