-- What Prisma's schema language cannot say; scripts/migration.mjs adds it to the first migration.
ALTER TABLE "upload_part" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
ALTER TABLE "message" ALTER COLUMN "sealed_body" SET STORAGE EXTERNAL;
INSERT INTO "arrival_counter" ("id", "last") VALUES (1, 0);
