/** Time left from what was done in the last seconds, so that a stall shows and an old speed does not. */

export type Estimate = {
  /** Adds a sample; answers seconds left, or null while there is too little to tell. */
  readonly update: (done: number, total: number) => number | null;
};

type Sample = { readonly at: number; readonly done: number };

const windowMilliseconds = 15_000;
const leastMilliseconds = 1_500;

export function createEstimate(now: () => number): Estimate {
  let samples: Sample[] = [];
  return {
    update: (done, total) => {
      const at = now();
      samples = [...samples.filter((sample) => at - sample.at <= windowMilliseconds), { at, done }];
      const first = samples[0];
      if (done >= total) return 0;
      if (first === undefined || at - first.at < leastMilliseconds || done <= first.done)
        return null;
      return ((total - done) * (at - first.at)) / (done - first.done) / 1000;
    },
  };
}

/** Native `<progress>`; null means that it moves without a known end. */
export function setProgress(bar: HTMLProgressElement, part: number | null): void {
  if (part === null) bar.removeAttribute("value");
  else bar.value = Math.min(1, Math.max(0, part));
}
