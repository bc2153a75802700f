import { encodeBundle } from "../../src/protocol/public/bundle.ts";
import { hex } from "../../src/protocol/public/bytes.ts";
import { encodeSettings } from "../../src/protocol/public/settings.ts";
import type { PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import {
  commitToNext,
  seedOfNewsroomWords,
  signRoster,
  signRotation,
} from "../../src/protocol/secret/sign.ts";
import { startBook } from "./book.ts";
import type { Outcome, VectorBook } from "./case.ts";
import { DAY, makeWorld, PERIOD, SETTINGS, type World } from "./world.ts";

type Change = { readonly newsroomStatements?: Uint8Array[]; readonly roster?: Uint8Array };
type Add = (name: string, change: Change, expect: Outcome) => void;

/** Rosters on both sides of a rotation; the world's own is number 7. */
const addRotated = (add: Add, world: World): void => {
  const { crypto, newsroom, roster } = world;
  const seed = seedOfNewsroomWords(crypto, newsroom.words);
  const statements = (afterRoster: number) => [
    newsroom.created,
    signRotation(crypto, {
      newsroomId: newsroom.newsroomId,
      ordinal: 1,
      formerSeed: newsroom.seed,
      seed,
      nextCommitment: commitToNext(crypto, crypto.random(32)),
      afterRoster,
      day: DAY,
    }),
  ];
  const underNew = signRoster(crypto, roster, seed);
  const rotated = { newsroomStatements: statements(6) };
  add("a rotation after roster 6", { ...rotated, roster: underNew }, "valid");
  add("a roster of the former key after its last", rotated, "bad-signature");
  const late = { newsroomStatements: statements(7) };
  add("a roster of the new key before its first", { ...late, roster: underNew }, "roster-invalid");
  add("the former key's last roster beside the rotation", late, "bad-signature");
  add("the rotation held back", { roster: underNew }, "bad-signature");
};

export const makeBundles = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const other = makeWorld(crypto);
  const book = startBook(
    crypto,
    "docs/protocol.md §7: the newsroom bundle, as a source checks it.",
  );
  const parts = {
    newsroomStatements: [world.newsroom.created],
    roster: world.rosterStatement,
    settings: world.settings,
    messagingKeys: world.keyStatements,
  };
  const bundle = book.keep("bundle", encodeBundle(parts));
  const at = { today: DAY, period: PERIOD };
  const add = (name: string, change: Partial<typeof parts>, expect: Outcome) =>
    book.add({
      name,
      run: "bundle",
      input: { bundle: hex(encodeBundle({ ...parts, ...change })), ...at },
      expect,
    });
  const seen = (name: string, input: Record<string, string | number>, expect: Outcome) =>
    book.add({ name, run: "bundle", input: { bundle, ...at, ...input }, expect });
  seen("with the right fingerprint", { fingerprint: hex(world.newsroom.key) }, "valid");
  seen(
    "with another newsroom's fingerprint",
    { fingerprint: hex(other.newsroom.key) },
    "wrong-newsroom",
  );
  seen("on its last day and one more", { today: world.roster.validUntilDay + 1 }, "valid");
  seen("two days after its last", { today: world.roster.validUntilDay + 2 }, "roster-lapsed");
  seen("two days before its first", { today: world.roster.issuedDay - 2 }, "roster-early");
  add(
    "everything of another newsroom but the created statement",
    { ...parts, roster: other.rosterStatement },
    "bad-signature",
  );
  add(
    "another newsroom's created statement",
    { newsroomStatements: [other.newsroom.created] },
    "bad-signature",
  );
  add("no created statement", { newsroomStatements: [] }, "bad-structure");
  add(
    "created twice",
    { newsroomStatements: [world.newsroom.created, world.newsroom.created] },
    "bad-structure",
  );
  addRotated(add, world);
  add(
    "altered words of the newsroom",
    { settings: encodeSettings({ ...SETTINGS, otherContact: "Write to the server" }) },
    "settings-mismatch",
  );
  add(
    "a roster statement where a key belongs",
    { messagingKeys: [world.rosterStatement, ...world.keyStatements] },
    "valid",
  );
  const length = encodeBundle(parts).length;
  for (const [name, damaged] of [
    ["version 2", { ...bundle, at: 0, put: "02" }],
    ["cut by one byte", { ...bundle, cut: length - 1 }],
    ["one byte too many", { ...bundle, append: "00" }],
    ["empty", { ...bundle, cut: 0 }],
  ] as const) {
    book.add({ name, run: "bundle", input: { bundle: damaged, ...at }, expect: "bad-structure" });
  }
  return book.finished();
};
