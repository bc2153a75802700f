// Writes every file of vectors anew: `npm run vectors`. What it writes is checked by tests/vectors/vectors.test.ts.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSumo } from "../../src/protocol/secret/backend-sumo.ts";
import { BOOK_NAMES, bookText, makeBook } from "./books.ts";
import { repeatableRandom } from "./random.ts";

const result = await loadSumo(repeatableRandom("unused"));
if (!result.ok) throw new Error(result.code);
for (const name of BOOK_NAMES) {
  const text = bookText(makeBook(result.crypto, name));
  writeFileSync(join("tests/vectors", `${name}.json`), text);
  console.log(name, text.length);
}
