import { defineConfig } from "prisma/config";

/** Only for `prisma generate`: migrations run through the engine in WebAssembly (src/server/database/migrate.ts). */
export default defineConfig({ schema: "prisma/schema.prisma" });
