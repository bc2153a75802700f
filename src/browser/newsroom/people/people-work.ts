/** Does something that changes people, shows the new state and says what happened. */
export type Work = (work: Promise<unknown>, done: string) => void;
