import { walkJourney } from "./journey.ts";

walkJourney("firefox", "firefox");
