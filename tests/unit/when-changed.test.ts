import { expect, it } from "vitest";
import { whenChanged } from "../../src/browser/kit/when-changed.ts";

it("fills again only when what is shown differs, or was forgotten", () => {
  const filled: string[] = [];
  const shown = whenChanged<{ readonly name: string }>(({ name }) => filled.push(name));
  shown.take({ name: "Ada" });
  shown.take({ name: "Ada" });
  shown.take({ name: "Ben" });
  shown.forget();
  shown.take({ name: "Ben" });
  expect(filled).toEqual(["Ada", "Ben", "Ben"]);
});
