export type WhenChanged<Value> = {
  take(value: Value): void;
  /** The next value is filled in, whatever it is. */
  forget(): void;
};

/**
 * Fills a part only where what it shows differs from what stands there: nothing is re-made under somebody's hand, an open
 * question stays open, and the focus stays where it is. `Value` is what JSON can write.
 */
export function whenChanged<Value>(fill: (value: Value) => void): WhenChanged<Value> {
  let shown: string | null = null;
  return {
    take: (value) => {
      const key = JSON.stringify(value);
      if (key === shown) return;
      shown = key;
      fill(value);
    },
    forget: () => {
      shown = null;
    },
  };
}
