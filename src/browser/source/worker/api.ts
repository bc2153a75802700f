import type { CallContext } from "../../kit/worker-rpc.ts";

/** What page and worker say to each other: plain values; keys and plaintext bytes stay in the worker. */

export type Reader = {
  readonly memberNumber: number;
  readonly name: string;
  /** Has a messaging key for this period. */
  readonly reachable: boolean;
};

/** Whether a message can be written now. */
export type Writing = "open" | "paused" | "lapsed" | "clock" | "nobody";

export type FormerWords = { readonly untilDay: number; readonly words: readonly string[] };

/** Which newsroom key the link named: none, the newest, an older one, or one that was given up as stolen. */
export type LinkKey = "none" | "fits" | "older" | "stolen";

export type NewsroomView = {
  readonly newsroomName: string;
  readonly pageTitle: string;
  /** By language tag. */
  readonly words: ReadonlyMap<string, string>;
  readonly otherContact: string;
  readonly leavingPage: string;
  readonly pauseSentence: string;
  readonly retentionDays: number;
  readonly sourceOrigins: readonly string[];
  readonly fingerprintWords: readonly string[];
  /** Of earlier newsroom keys, oldest first: words that may still be in print. */
  readonly formerWords: readonly FormerWords[];
  readonly link: LinkKey;
  readonly validUntilDay: number;
  readonly readers: readonly Reader[];
  readonly writing: Writing;
};

export type OpenNewsroom = {
  readonly bundle: Uint8Array;
  /** The newsroom key the link named, when it named one. */
  readonly fingerprint: Uint8Array | null;
  readonly nowMs: number;
};

/** Where something is written: a new tip, or the conversation the codename opened. */
export type Place = "tip" | "conversation";

export type FileStart = { readonly place: Place; readonly id: number; readonly file: File };
export type FileName = { readonly place: Place; readonly id: number };
export type FileProgress = { readonly stored: number; readonly parts: number };

export type SendInput = {
  readonly place: Place;
  readonly text: string;
  /** Member numbers. */
  readonly readers: readonly number[];
  readonly reRead: boolean;
  /** Files of this page, as `addFile` named them. */
  readonly files: readonly number[];
  readonly nowMs: number;
};

export type Sent = {
  /** The codename; null where the source came in with it. */
  readonly words: readonly string[] | null;
};

export type LetterState = "read" | "not-kept" | "unreadable" | "broken";

export type Letter = {
  readonly by: "source" | "newsroom";
  readonly state: LetterState;
  readonly day: number;
  /** The journalist's name; null for the source's own and for what could not be read. */
  readonly who: string | null;
  readonly hasLeft: boolean;
  readonly text: string;
  readonly files: readonly { readonly name: string; readonly length: number }[];
  /** Of a share: names of whom the journalist has given this conversation to, as they say; null for everything else. */
  readonly sharedWith: readonly string[] | null;
  /** Names of who can read it; null when its list is not the one at hand. */
  readonly readers: readonly string[] | null;
  /** More can read it than the message it answers was for. */
  readonly notAsAgreed: boolean;
  /** How many earlier messages it names that are not here. */
  readonly missing: number;
};

export type Conversation = {
  readonly letters: readonly Letter[];
  /** Who could read the last letter that says so; null: nothing known. */
  readonly readers: readonly number[] | null;
};

export type TypedWord = { readonly typed: string; readonly word: string | null };
export type TypedWords = {
  readonly words: readonly TypedWord[];
  /** The last word is not on the list yet, but begins like one that is. */
  readonly unfinished: boolean;
  /** Whole words that the last, unfinished one may become. */
  readonly suggestions: readonly string[];
};

export type WorkerEvent = {
  /** Seconds until the next try; 0: the line is back. */
  readonly kind: "wait";
  readonly seconds: number;
};

type Maybe<T> = T | Promise<T>;

export type SourceCalls = {
  /** Fails with the reason when the crypto cannot be used here. */
  readonly start: (input: null) => Maybe<null>;
  /** This worker seals chunks for the one at the other end of the port. */
  readonly help: (port: MessagePort) => Maybe<null>;
  /** A second worker seals chunks, once it says that it is there. */
  readonly takeHelp: (port: MessagePort) => Maybe<null>;
  readonly openNewsroom: (input: OpenNewsroom) => Maybe<NewsroomView>;
  readonly renewNewsroom: (nowMs: number) => Promise<NewsroomView>;
  readonly addFile: (input: FileStart, context: CallContext) => Promise<null>;
  readonly removeFile: (input: FileName) => Promise<null>;
  readonly send: (input: SendInput) => Promise<Sent>;
  readonly checkWords: (input: string) => Maybe<TypedWords>;
  readonly comeBack: (input: string) => Promise<Conversation>;
  readonly readAgain: (input: null) => Promise<Conversation>;
  readonly deleteAll: (input: null) => Promise<null>;
  /** Forgets one place's keys, or with null everything. */
  readonly wipe: (input: Place | null) => Maybe<null>;
};
