import { describe, expect, it } from "vitest";
import { createHttp, type HttpWorld } from "../../src/browser/kit/http.ts";

type Reply = Response | "broken";

const rig = (replies: Reply[]) => {
  const asked: { path: string; init: RequestInit }[] = [];
  const waits: number[] = [];
  const slept: number[] = [];
  const world: HttpWorld = {
    credentials: "omit",
    fetch: async (path, init) => {
      asked.push({ path: String(path), init: init ?? {} });
      const reply = replies.shift() ?? "broken";
      if (reply === "broken") throw new TypeError("network");
      return reply;
    },
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
    },
    onWait: (seconds) => waits.push(seconds),
  };
  return { http: createHttp(world), asked, waits, slept };
};

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });

describe("requests", () => {
  it("send bytes as octets and anything else as JSON, without credentials or referrer", async () => {
    const { http, asked } = rig([new Response(""), json(200, { a: 1 })]);
    await http.bytes("/x", { body: Uint8Array.of(1) });
    expect(await http.json("/y", { body: { b: 2 } })).toEqual({ a: 1 });
    expect(
      asked.map(({ init }) => (init.headers as Record<string, string>)["content-type"]),
    ).toEqual(["application/octet-stream", "application/json"]);
    expect(asked[0]?.init).toMatchObject({
      method: "POST",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
    });
  });

  it("fail with the server's own code and its details", async () => {
    const { http } = rig([json(429, { error: "wait", retryAfterSeconds: 7 })]);
    await expect(http.bytes("/x")).rejects.toMatchObject({
      code: "wait",
      details: { retryAfterSeconds: 7 },
    });
  });

  it("fail with a plain code when the answer is not ours", async () => {
    const { http } = rig([new Response("<h1>Teapot</h1>", { status: 418 })]);
    await expect(http.bytes("/x")).rejects.toMatchObject({ code: "failed" });
  });

  it("say offline when the line breaks and nobody asked to repeat", async () => {
    const { http, asked } = rig(["broken"]);
    await expect(http.bytes("/x")).rejects.toMatchObject({ code: "offline" });
    expect(asked).toHaveLength(1);
  });

  it("repeat with growing pauses, say so, and say when the line is back", async () => {
    const { http, waits, slept } = rig(["broken", json(503, {}), "broken", new Response("ok")]);
    await http.bytes("/x", { repeat: true });
    expect(waits).toEqual([1, 2, 5, 0]);
    expect(slept).toEqual([1000, 2000, 5000]);
  });

  it("do not repeat what the server refused", async () => {
    const { http, asked } = rig([json(409, { error: "roster-changed" })]);
    await expect(http.bytes("/x", { repeat: true })).rejects.toMatchObject({
      code: "roster-changed",
    });
    expect(asked).toHaveLength(1);
  });

  it("stop saying that the line is gone when the answer is a refusal", async () => {
    const { http, waits } = rig(["broken", json(507, { error: "no-room" })]);
    await expect(http.bytes("/x", { repeat: true })).rejects.toMatchObject({ code: "no-room" });
    expect(waits).toEqual([1, 0]);
  });

  it("stop repeating when told to", async () => {
    const stop = new AbortController();
    const { http, asked } = rig(["broken", "broken", "broken"]);
    stop.abort();
    const request = http.bytes("/x", { repeat: true, signal: stop.signal });
    await expect(request).rejects.toMatchObject({ code: "stopped" });
    expect(asked).toHaveLength(1);
  });
});
