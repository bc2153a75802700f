import { describe, expect, it } from "vitest";
import { createApi } from "../../src/browser/newsroom/worker/api.ts";
import { openVault, type Records } from "../../src/browser/newsroom/worker/vault.ts";
import { paperTable } from "../support/paper-staff.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const put = (id: string, text: string) => ({ put: new Map([[id, bytes(text)]]) });

const table = () => {
  const { server, owner, unlockKey, crypto } = paperTable({ admin: false });
  const open = (key: Uint8Array = unlockKey): Promise<Records> =>
    openVault(
      { crypto, api: createApi(server.http) },
      { owner, door: "passphrase", unlockKey: key },
    );
  return { server, open };
};

describe("the vault", () => {
  it("keeps both changes when two tabs save at the same time", async () => {
    const { open } = table();
    const [one, other] = [await open(), await open()];
    await one.change(() => put("invite:aa", "first"));
    await other.change(() => put("invite:bb", "second"));
    const later = await open();
    expect([later.get("invite:aa"), later.get("invite:bb")]).toEqual([
      bytes("first"),
      bytes("second"),
    ]);
  });

  it("asks the plan again with the records another tab has saved", async () => {
    const { open } = table();
    const [one, other] = [await open(), await open()];
    await one.change(() => put("messaging:1:0", "kept"));
    await other.change((records) =>
      records.has("messaging:1:0") ? null : put("messaging:1:0", "lost"),
    );
    expect((await open()).get("messaging:1:0")).toEqual(bytes("kept"));
  });

  it("saves changes asked for at once one after the other", async () => {
    const { open } = table();
    const records = await open();
    await Promise.all(["a", "b", "c"].map((id) => records.change(() => put(id, id))));
    expect((await open()).ids()).toEqual(expect.arrayContaining(["a", "b", "c"]));
  });

  it("goes on after a save that failed", async () => {
    const { open } = table();
    const records = await open();
    const failing = records.change(() => {
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow();
    await records.change(() => put("a", "a"));
    expect((await open()).get("a")).toEqual(bytes("a"));
  });

  it("does not open with another key", async () => {
    const { open } = table();
    await expect(open(new Uint8Array(32))).rejects.toThrow("vault-broken");
  });

  it("does not open when the server left a record out", async () => {
    const { server, open } = table();
    const { records } = server.vault as { records: { id: string }[] };
    server.vault = { ...server.vault, records: records.slice(1) };
    await expect(open()).rejects.toThrow("vault-broken");
  });

  it("does not open when the server brings back a record that was removed", async () => {
    const { server, open } = table();
    const records = await open();
    await records.change(() => put("messaging:1:0", "old"));
    const before = server.vault["records"] as unknown[];
    await records.change(() => ({ remove: ["messaging:1:0"] }));
    server.vault = { ...server.vault, records: before };
    await expect(open()).rejects.toThrow("vault-broken");
  });

  it("does not open as an older version under a newer number", async () => {
    const { server, open } = table();
    const before = server.vault;
    await (await open()).change(() => put("a", "a"));
    server.vault = { ...before, version: 2 };
    await expect(open()).rejects.toThrow("vault-broken");
  });
});
