/** Lets so many in at a time; the others wait their turn, so a rush makes things slower and refuses nobody. */
export type Gate = <Value>(work: () => Promise<Value>) => Promise<Value>;

export const createGate = (places: number): Gate => {
  let free = places;
  const waiting: (() => void)[] = [];
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      leave();
    }
  };
};
