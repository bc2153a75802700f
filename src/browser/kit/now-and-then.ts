/** Calls when somebody comes back to this tab. Answers what ends it. */
export function whenBack(act: () => void): () => void {
  const look = (): void => {
    if (document.visibilityState === "visible") act();
  };
  document.addEventListener("visibilitychange", look);
  return () => document.removeEventListener("visibilitychange", look);
}

/** Looks again every so many milliseconds, and at once when somebody comes back to this tab. Answers what ends it. */
export function nowAndThen(milliseconds: number, look: () => void): () => void {
  const timer = setInterval(look, milliseconds);
  const endBack = whenBack(look);
  return () => {
    clearInterval(timer);
    endBack();
  };
}
