import { blake2b } from "@noble/hashes/blake2.js";

/** Verifies an exported audit trail with nothing but docs/protocol.md §1.3 and §18, and BLAKE2b. */

type Line = Readonly<Record<string, unknown>>;

const bytesOf = (text: unknown): Buffer => Buffer.from(String(text), "base64url");

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const sized = (bytes: Uint8Array): Buffer => Buffer.concat([u32(bytes.length), bytes]);

const hash = (name: string, fields: readonly Uint8Array[]): Buffer =>
  Buffer.from(
    blake2b(Buffer.concat([Buffer.from(`sealdrop/v1/${name}`), ...fields].map(sized)), {
      dkLen: 32,
    }),
  );

/** What the words beside a body say must be what it says. */
const checkWords = (line: Line, body: Buffer): void => {
  const actor = body.readUInt16BE(25);
  const subject = body.readUInt16BE(27);
  const date = new Date(body.readUInt32BE(17) * 86_400_000).toISOString().slice(0, 10);
  const right =
    (line["actor"] ?? 0) === actor && (line["subject"] ?? 0) === subject && line["day"] === date;
  if (body[0] !== 1 || !right) throw new Error(`line ${line["number"]}: other words than bytes`);
};

/** The lines. Throws where one does not fit. */
export const verifyExport = (text: string): readonly Line[] => {
  const [head = {}, ...lines] = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  const newsroomId = bytesOf(head["newsroomId"]);
  let previous: Buffer = Buffer.alloc(32);
  lines.forEach((line, index) => {
    const number = index + 1;
    const body = line["body"] === undefined ? null : bytesOf(line["body"]);
    if (body !== null) checkWords(line, body);
    const bodyHash =
      body === null ? bytesOf(line["bodyHash"]) : hash("audit-body", [newsroomId, body]);
    previous = hash("audit-line", [newsroomId, u32(number), previous, bodyHash]);
    if (line["number"] !== number || !previous.equals(bytesOf(line["hash"]))) {
      throw new Error(`line ${number} is not what was written`);
    }
  });
  if (head["lines"] !== lines.length || !previous.equals(bytesOf(head["head"]))) {
    throw new Error("the end is missing");
  }
  return lines;
};
