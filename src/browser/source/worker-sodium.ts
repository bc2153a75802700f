import { loadSodium } from "../../protocol/secret/backend-sodium.ts";
import { serveSource } from "./worker/serve.ts";

serveSource(loadSodium);
