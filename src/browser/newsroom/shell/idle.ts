/** Fifteen minutes without a sign of life lock the desk. What `now` answers may jump (a laptop that slept), so it is compared, not counted. */

const IDLE_MS = 15 * 60_000;
const CHECK_MS = 5_000;
/** A person at work keeps the server's session awake as well, at most this often. */
const TOUCH_MS = 5 * 60_000;

export type IdleWatch = { stop(): void };

export type IdleWorld = {
  now(): number;
  lock(): void;
  touch(): void;
};

const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel"] as const;

export const watchIdle = (world: IdleWorld): IdleWatch => {
  let lastSign = world.now();
  let lastTouch = lastSign;
  const check = (): void => {
    if (world.now() - lastSign >= IDLE_MS) world.lock();
  };
  const sign = (): void => {
    check();
    lastSign = world.now();
    if (lastSign - lastTouch < TOUCH_MS) return;
    lastTouch = lastSign;
    world.touch();
  };
  const timer = setInterval(check, CHECK_MS);
  for (const name of SIGNS) document.addEventListener(name, sign, { passive: true });
  document.addEventListener("visibilitychange", check);
  return {
    stop: () => {
      clearInterval(timer);
      for (const name of SIGNS) document.removeEventListener(name, sign);
      document.removeEventListener("visibilitychange", check);
    },
  };
};
