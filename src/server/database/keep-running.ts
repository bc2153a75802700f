import type { ChildProcess } from "node:child_process";

/** A child process that is started again when it ends by itself: what it has stored is safe, and what asks it tries again. */
export type Keeper = {
  current(): ChildProcess;
  stop(): Promise<void>;
};

const AGAIN_MILLISECONDS = 500;
const STOP_MILLISECONDS = 30_000;

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

/** PostgreSQL's *fast* stop, and the hard one when it does not come to an end. */
const end = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (hasEnded(child)) {
      resolve();
      return;
    }
    const harder = setTimeout(() => child.kill("SIGQUIT"), STOP_MILLISECONDS);
    child.once("exit", () => {
      clearTimeout(harder);
      resolve();
    });
    child.kill("SIGINT");
  });

export const keepRunning = (launch: () => ChildProcess): Keeper => {
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  const begin = (): ChildProcess => {
    const child = launch();
    child.once("exit", () => {
      if (!stopping) timer = setTimeout(restart, AGAIN_MILLISECONDS);
    });
    return child;
  };
  let child = begin();
  const restart = (): void => {
    child = begin();
  };
  return {
    current: () => child,
    stop: () => {
      stopping = true;
      clearTimeout(timer);
      return end(child);
    },
  };
};
