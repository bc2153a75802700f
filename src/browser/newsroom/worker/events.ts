import type { Overview } from "./overview.ts";
import type { InboxEvent } from "./reading/shapes.ts";
import type { Renewal } from "./rewrapping.ts";
import type { Witnessed } from "./witnessing.ts";

/** What the worker tells the page on its own; each room adds its kinds here. */
export type NewsroomEvent =
  | InboxEvent
  | { readonly kind: "renewal"; readonly renewal: Renewal | null }
  | { readonly kind: "overview"; readonly overview: Overview }
  | { readonly kind: "witnessed"; readonly witnessed: Witnessed }
  | { readonly kind: "locked" };
