/**
 * Runs `start` once the whole document is there. Pages' scripts are `async`: a deferred one waits for the stylesheet, which
 * on a far line comes over a connection of its own and a round trip later.
 */
export function whenParsed(start: () => void): void {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
}
