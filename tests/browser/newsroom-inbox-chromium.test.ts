import { useInbox } from "./newsroom-inbox.ts";

useInbox("chromium");
