import { loadNoble } from "../../protocol/secret/backend-noble.ts";
import { serveSource } from "./worker/serve.ts";

serveSource(loadNoble);
