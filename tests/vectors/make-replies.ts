import { hex } from "../../src/protocol/public/bytes.ts";
import type { HeaderHash } from "../../src/protocol/public/crypto.ts";
import { unhex } from "../../src/protocol/public/self-test.ts";
import type { ContentKey, PassphraseCrypto } from "../../src/protocol/secret/crypto.ts";
import type { SealInput } from "../../src/protocol/secret/seal.ts";
import type { StaticPair } from "../../src/protocol/secret/slot.ts";
import { type Book, startBook } from "./book.ts";
import type { Outcome, VectorBook } from "./case.ts";
import { craft, type Fault, lowOrderSender } from "./craft.ts";
import { LOW_ORDER } from "./low-order.ts";
import { handed, newsroomInput, partsOf, readerInput, sealTo, sourceInput } from "./sealed.ts";
import { makeWorld, type Person, type World } from "./world.ts";

const pairOf = (person: Person): StaticPair => ({
  public: person.entry.static,
  private: person.staticPrivate,
});

const replyBy = (writer: Person, change: Partial<SealInput["body"]> = {}): Partial<SealInput> => ({
  sender: pairOf(writer),
  addressed: new Set([1, 2]),
  sealToSource: true,
  body: {
    kind: "message",
    answers: new Uint8Array(32).fill(3) as HeaderHash,
    newest: [new Uint8Array(32).fill(3) as HeaderHash],
    text: "Thank you. Which floor?",
    files: [],
    ...change,
  },
});

const addReplies = (book: Book, world: World): void => {
  const { ada, bea, cem, dov, eli } = world.people;
  const newsroom = newsroomInput(world);
  const seal = (name: string, change: Partial<SealInput>) =>
    partsOf(book, world, { name, bytes: sealTo(world, change).bytes });
  const add = (name: string, input: Record<string, never> | object, expect: Outcome) =>
    book.add({ name, run: "open-message", input: { ...newsroom, ...input }, expect });
  const reply = seal("reply by Ada", replyBy(ada));
  add("the source reads a reply", { ...handed(reply, 0), ...sourceInput(world) }, "opened");
  add("a colleague reads it", { ...handed(reply, 1), ...readerInput(bea) }, "opened");
  add("its writer reads it", { ...handed(reply, 2), ...readerInput(ada) }, "opened");
  const share = seal("share by Bea", replyBy(bea, { kind: "share", text: "" }));
  add("a share", { ...handed(share, 0), ...sourceInput(world) }, "opened");
  const late = seal("reply by one who left", replyBy(dov));
  add(
    "written by one who has since left: opened, and named",
    { ...handed(late, 0), ...sourceInput(world) },
    "opened",
  );
  const old = seal("reply under a rotated key", replyBy(world.people.adaBefore));
  add(
    "written under a rotated key: its member's",
    { ...handed(old, 0), ...sourceInput(world) },
    "opened",
  );
  const stolen = seal("reply under a stolen key", replyBy(eli));
  add(
    "written under a stolen key",
    { ...handed(stolen, 0), ...sourceInput(world) },
    "message-broken",
  );
  const stranger = { public: world.otherSource.static, private: world.otherSource.staticPrivate };
  const forged = seal("by a stranger", { ...replyBy(ada), sender: stranger });
  add(
    "written by somebody of no roster: a first message the server made",
    { ...handed(forged, 0), ...sourceInput(world) },
    "message-broken",
  );
  add(
    "the same, shown to a journalist",
    { ...handed(forged, 1), ...readerInput(bea) },
    "message-broken",
  );
  const otherRoster = partsOf(book, world, {
    name: "tip once more",
    bytes: sealTo(world, {}).bytes,
  });
  add("nobody without a key", { ...handed(otherRoster, 3), ...readerInput(cem) }, "not-for-me");
};

/** The same message id twice: both can be read, and their header hashes differ. A server stores the first one. */
const addReplay = (book: Book, world: World): void => {
  const messageId = world.newMessageId();
  for (const name of ["first with this id", "second with this id"]) {
    const parts = partsOf(book, world, { name, bytes: sealTo(world, { messageId }).bytes });
    const input = {
      ...newsroomInput(world),
      ...handed(parts, 1),
      ...readerInput(world.people.bea),
    };
    book.add({
      name: `${name}: the sender sealed again`,
      run: "open-message",
      input,
      expect: "opened",
    });
    book.add({
      name: `${name}: parsed`,
      run: "parse-message",
      input: { message: parts.message },
      expect: "valid",
    });
  }
};

/** Each is sealed rightly by somebody who means harm, or by a broken client. */
const addFaults = (book: Book, world: World): void => {
  const { bea } = world.people;
  const add = (name: string, fault: Fault, expect: Outcome) => {
    const { header, summary, body, slot } = craft(world, bea, fault);
    const parts = { header: hex(header), summary: hex(summary), body: hex(body), slot: hex(slot) };
    const input = { ...newsroomInput(world), ...readerInput(bea), ...parts };
    book.add({ name, run: "open-message", input, expect });
  };
  add("nothing wrong", {}, "opened");
  for (const point of LOW_ORDER) {
    const sender = lowOrderSender(world, unhex(point));
    add(
      `a sender of low order, ${point.slice(0, 4)}…${point.slice(-2)}`,
      { sender },
      "message-broken",
    );
  }
  add(
    "a sender's key that the sender does not hold",
    { sender: { public: bea.entry.static, private: world.source.staticPrivate } },
    "message-broken",
  );
  add(
    "a commitment to another key",
    { header: { commitment: new Uint8Array(32).fill(1) } },
    "message-broken",
  );
  add(
    "a content hash of other bytes",
    { header: { contentHash: new Uint8Array(32).fill(1) } },
    "message-broken",
  );
  add(
    "a mailbox id that its keys do not give",
    { header: { mailboxId: world.otherSource.id } },
    "message-broken",
  );
  add(
    "a summary that names another mailbox",
    { summarySource: world.otherSource },
    "message-broken",
  );
  add("a body that names another mailbox", { bodySource: world.otherSource }, "message-broken");
  add(
    "a body with another reply key",
    { bodySource: { ...world.source, reply: world.otherSource.reply } },
    "message-broken",
  );
  add(
    "a body under another key",
    { bodyKey: new Uint8Array(32).fill(2) as ContentKey },
    "message-broken",
  );
  add(
    "a summary that cannot be read",
    { summaryText: new Uint8Array(512).fill(255) },
    "message-broken",
  );
  add(
    "a body that cannot be read",
    { bodyText: new Uint8Array(4_096).fill(255) },
    "message-broken",
  );
  add("a summary of another length", { summaryText: new Uint8Array(480) }, "message-broken");
};

export const makeReplies = (crypto: PassphraseCrypto): VectorBook => {
  const world = makeWorld(crypto);
  const book = startBook(
    crypto,
    "docs/protocol.md §10.5 to §10.8: replies, origin, and messages of ill will.",
  );
  book.keep("roster", world.rosterStatement);
  addReplies(book, world);
  addReplay(book, world);
  addFaults(book, world);
  return book.finished();
};
