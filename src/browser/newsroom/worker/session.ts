import { SealdropError } from "../../../protocol/public/errors.ts";
import type { PassphraseCrypto } from "../../../protocol/secret/crypto.ts";
import type { LetterSubject } from "../../../protocol/secret/letter.ts";
import type { HashCost } from "../../../protocol/secret/passphrase.ts";
import type { Api } from "./api.ts";
import type { BrowserStore } from "./browser-store.ts";
import type { NewsroomEvent } from "./events.ts";
import type { RunningOut } from "./key-watch.ts";
import type { LetterTaker } from "./letters.ts";
import type { Trust } from "./pin.ts";
import type { Line } from "./reading/clock.ts";
import type { Renewal } from "./rewrapping.ts";
import type { Chain } from "./roster-chain.ts";
import type { ReadingFinding } from "./witness/finding.ts";
import type { ColleagueMark } from "./witness/memory.ts";
import type { Member, World } from "./world.ts";

/** What is open in this worker. Locking ends the worker itself, so nothing here needs to be wiped by hand. */

export type Opened = {
  readonly world: World;
  readonly chain: Chain;
  trust: Trust;
  /** Number of the list that all the rest has followed: own keys, pins, messaging keys. */
  followed: number;
  /** Another key of one's own stands on the server that this vault does not hold. */
  foreignKey: boolean;
  /** The generation whose keys are all on the server, as of the last top-up; null before the first. */
  toppedUp: number | null;
  /** What colleagues had seen, as of the last look; null before the first. */
  colleagues: readonly ColleagueMark[] | null;
  /** The audit trail is another than what this vault or browser has seen, or does not hang together. */
  auditAltered: boolean;
  /** Whose published keys end soon, as of the last look. */
  runningOut: readonly RunningOut[];
  /** Since when an admin asks this member to hand over; null while nobody does. */
  handoverAskedDay: number | null;
  /** Colleagues who have lost everything and ask for a share that this vault holds. */
  recoveryAsked: number;
  /** How many periods' keys this unlock destroyed. */
  destroyed: number;
  /** Numbers of the rosters that were signed here: their changes are no news. */
  readonly signedHere: Set<number>;
  /** Re-wrapping the archive after new lasting keys: how far it is. Null when there is nothing to do. */
  renewal: Renewal | null;
  /** One at a time. */
  rewrapping: Promise<void> | null;
};

export type OpenListener = (world: World) => void;

export type Session = {
  /** Throws no-webassembly, webassembly-blocked, self-test-failed. */
  crypto(): Promise<PassphraseCrypto>;
  readonly api: Api;
  readonly store: BrowserStore;
  /** Bytes of another origin, without credentials. Throws "offline" when it cannot be reached. */
  askOutside(url: string): Promise<Uint8Array>;
  /** What a passphrase is to cost at least; the newsroom's accounts follow as their owners log in. */
  readonly hashCost: HashCost;
  /** This browser's clock, milliseconds. */
  now(): number;
  /** Calls again and again, for as long as this worker lives. */
  repeat(milliseconds: number, work: () => void): void;
  /** Does now what is repeated. */
  lookAround(): void;
  /** Throws session-locked. */
  member(): Member;
  /** Throws session-locked. */
  world(): World;
  opened(): Opened;
  hold(member: Member): void;
  prepare(opened: Opened): void;
  /** Runs the listeners of `onOpen`. */
  start(): void;
  /** Runs after each unlock, once vault, roster and keys are ready. */
  onOpen(listener: OpenListener): void;
  emit(event: NewsroomEvent): void;
  /** Who takes letters about what; each room adds its own with `takeLetters`. */
  readonly letterTakers: Map<LetterSubject, LetterTaker>;
  /**
   * Settled when every block has been read and its wraps are stored; periods' keys are destroyed only after it.
   * Null until the reading room has set it.
   */
  readAll: Promise<void> | null;
  /** Tells the desk what reading has found. Null until the witnessing room has set it. */
  raise: ((finding: ReadingFinding) => void) | null;
  /** Looks at the key log again, after something was signed here. Null until the witnessing room has set it. */
  lookAgain: (() => void) | null;
  /** Auth key of the passphrase that was typed once more just now; what adds a way in sends it along. */
  confirmedAuth: Uint8Array | null;
  /** A device secret on a card that is being made; it counts once the vault is sealed with it. */
  draftedDevice: Uint8Array | null;
  /** Secret of an authenticator app that is being set up. */
  draftedApp: Uint8Array | null;
  /** How the reading room waits and asks again; null until it has set it. */
  line: Line | null;
};

export type SessionWorld = {
  crypto(): Promise<PassphraseCrypto>;
  readonly api: Api;
  readonly store: BrowserStore;
  askOutside(url: string): Promise<Uint8Array>;
  readonly hashCost: HashCost;
  now(): number;
  repeat(milliseconds: number, work: () => void): void;
  emit(event: NewsroomEvent): void;
};

const present = <Value>(value: Value | null): Value => {
  if (value === null) throw new SealdropError("session-locked");
  return value;
};

export const createSession = (given: SessionWorld): Session => {
  const listeners: OpenListener[] = [];
  const repeated: (() => void)[] = [];
  let held: Member | null = null;
  let opened: Opened | null = null;
  return {
    ...given,
    repeat: (milliseconds, work) => {
      repeated.push(work);
      given.repeat(milliseconds, work);
    },
    lookAround: () => {
      for (const work of repeated) work();
    },
    member: () => present(held),
    world: () => present(opened).world,
    opened: () => present(opened),
    hold: (member) => {
      held = member;
    },
    prepare: (next) => {
      opened = next;
    },
    start: () => {
      for (const listener of listeners) listener(present(opened).world);
    },
    onOpen: (listener) => {
      listeners.push(listener);
    },
    letterTakers: new Map(),
    readAll: null,
    raise: null,
    lookAgain: null,
    confirmedAuth: null,
    draftedDevice: null,
    draftedApp: null,
    line: null,
  };
};
