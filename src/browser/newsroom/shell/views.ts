import { accountView } from "../account/account.ts";
import { auditView } from "../audit/audit.ts";
import { inboxView } from "../inbox/inbox.ts";
import { keysView } from "../keys/keys.ts";
import { peopleView } from "../people/people.ts";
import { publishView } from "../publish/publish.ts";
import { recoveryView } from "../recovery/recovery.ts";
import { settingsView } from "../settings/settings.ts";
import type { View } from "./view.ts";

/** Every view of the desk, in the order of the navigation. */
export const views: readonly View[] = [
  inboxView,
  peopleView,
  keysView,
  auditView,
  recoveryView,
  settingsView,
  publishView,
  accountView,
];
