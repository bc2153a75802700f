import { walkJourney } from "./journey.ts";

walkJourney("chromium", "safer");
