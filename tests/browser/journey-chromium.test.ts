import { walkJourney } from "./journey.ts";

walkJourney("chromium", "chromium");
