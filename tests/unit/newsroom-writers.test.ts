import { describe, expect, it } from "vitest";
import type { World } from "../../src/browser/newsroom/worker/world.ts";
import { cem, firstLines, newsroom, read, seat, shown, tipTo } from "../support/paper-desk.ts";
import { type PaperJournalist, paperSource } from "../support/paper-newsroom.ts";
import { sealReply } from "../support/paper-reply.ts";
import { sumo as crypto } from "../vectors/backends.ts";

/** What a reader together with the server can store: they know the mailbox's keys from a tip. */
const inserted = (writer: Pick<PaperJournalist, "entry" | "staticPrivate">) => {
  const { server, world } = seat();
  const { source, sealed } = tipTo([1, 2], "The ledger is in the cellar.");
  server.put(sealed.bytes);
  const body = { text: "Forget the cellar.", answers: sealed.headerHash };
  const reply = sealReply(crypto, newsroom, {
    writer: { ...cem, ...writer },
    source,
    addressed: [1, 2],
    body,
  });
  server.put(reply.bytes);
  return world;
};

const stranger = (): Pick<PaperJournalist, "entry" | "staticPrivate"> => {
  const keys = paperSource(crypto, newsroom);
  return { entry: { ...cem.entry, static: keys.static }, staticPrivate: keys.staticPrivate };
};

const withStolen = (world: World): World => {
  const { roster } = world;
  const entries = roster.entries.map((entry) =>
    entry.memberNumber === cem.entry.memberNumber
      ? { ...entry, state: "stolen" as const, position: 0 }
      : entry,
  );
  return { ...world, roster: { ...roster, entries } };
};

describe("a message by neither the source nor a journalist", () => {
  it("shows no line in the inbox, and is broken in its conversation", async () => {
    const library = await read(inserted(stranger()));
    expect(firstLines(library)).toEqual(["The ledger is in the cellar."]);
    const { page } = await shown(library);
    expect(page.messages[1]).toMatchObject({ kind: "refused", why: "broken" });
  });
});

describe("a message under a key that its writer has renewed since", () => {
  it.each(["rotated", "stolen"] as const)("(%s) is its writer's, or refused", async (state) => {
    const given = inserted(cem);
    const { roster } = given;
    const next = stranger().entry;
    const entries = [
      ...roster.entries.map((entry) =>
        entry.memberNumber === cem.entry.memberNumber ? { ...entry, state, position: 0 } : entry,
      ),
      { ...next, generation: 1 },
    ];
    const { page } = await shown(await read({ ...given, roster: { ...roster, entries } }));
    const expected = {
      rotated: { kind: "open", writer: { by: "journalist", name: "Cem", left: false } },
      stolen: { kind: "refused", why: "stolen" },
    };
    expect(page.messages[1]).toMatchObject(expected[state]);
  });
});

describe("a message under a stolen key", () => {
  it("shows no line in the inbox, and is refused as stolen", async () => {
    const library = await read(withStolen(inserted(cem)));
    expect(firstLines(library)).not.toContain("Forget the cellar.");
    const { page } = await shown(library);
    expect(page.messages[1]).toMatchObject({ kind: "refused", why: "stolen" });
  });
});
