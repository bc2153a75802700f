import type { Log } from "./logs.ts";

/** Runs the jobs one after the other now and every hour; a job that fails is tried again with the next round. */
export type Job = { readonly name: string; run(): Promise<void> };

export type Timetable = { stop(): Promise<void> };

const HOUR_MILLISECONDS = 3_600_000;

export const startTimetable = (jobs: readonly Job[], log: Log): Timetable => {
  let stopped = false;
  const round = async (): Promise<void> => {
    for (const job of jobs) {
      if (stopped) return;
      await job.run().catch((error: unknown) => log.fault(job.name, error));
    }
  };
  let running = round();
  const timer = setInterval(() => {
    running = running.then(round);
  }, HOUR_MILLISECONDS);
  timer.unref();
  return {
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
};
