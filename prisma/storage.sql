-- What the schema language of Prisma cannot say. The engine splits at semicolons, so comments have none.
ALTER TABLE "upload_part" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
ALTER TABLE "message" ALTER COLUMN "sealed_body" SET STORAGE EXTERNAL;
INSERT INTO "arrival_counter" ("id", "last") VALUES (1, 0);
