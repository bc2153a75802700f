import { join, resolve } from "node:path";
import { buildSite } from "./build.ts";

const root = resolve(import.meta.dirname, "../..");
await buildSite(root, join(root, "dist/site"));
