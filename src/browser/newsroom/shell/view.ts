import type { Me } from "../../../protocol/public/staff-api.ts";
import type { ScriptUrls } from "../../kit/script-url.ts";
import type { Text } from "../../kit/text.ts";
import type { NewsroomEvent } from "../worker/events.ts";
import type { App, Keys, Strength } from "./app.ts";
import type { ViewId, ViewPart } from "./view-id.ts";

/** What the desk gives to the view that is open. */
export type Desk = {
  readonly text: Text;
  readonly urls: ScriptUrls;
  readonly keys: Keys;
  strength(): Strength;
  /** For a view that leaves the desk, such as a new passphrase. */
  readonly app: App;
  readonly me: Me;
  /** To the view's title, or to a part of it. */
  go(id: ViewId, part?: ViewPart): void;
  /** Events of the worker, until the view closes. */
  on(listener: (event: NewsroomEvent) => void): void;
  /** The view's part of the state line. */
  state(words: string): void;
  /** Locks or leaves the desk when the error says that it is over: true then, and nothing else is to be said. */
  ends(error: unknown): boolean;
  /** Says an error in words in the desk's one alert, when it does not end the desk. */
  trouble(error: unknown): void;
  /** Says in one line that something worked; replaces the alert. */
  done(words: string): void;
  /** Closes the view, drops the keys and leaves the desk. */
  end(ending: { readonly notice?: string; readonly session: "kept" | "ended" }): void;
  /** Closes the view and leaves the desk with the keys still there, for another screen. */
  leave(): void;
};

export type OpenView = {
  /** Settled once everything that comes later than the view itself has its place. */
  readonly filled?: Promise<void>;
  /** Called before the view's nodes go; it must forget plaintext. */
  close?(): void;
  /** Keys typed outside a field. */
  key?(event: KeyboardEvent): void;
};

export type View = {
  readonly id: ViewId;
  readonly template: string;
  readonly adminOnly: boolean;
  open(root: HTMLElement, desk: Desk): OpenView;
};
