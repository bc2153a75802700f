import { whenParsed } from "../kit/when-parsed.ts";

whenParsed(() => void import("./main.ts"));
