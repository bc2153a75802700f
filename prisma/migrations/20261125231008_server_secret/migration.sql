-- AlterTable
ALTER TABLE "session" ADD COLUMN     "secret_id" BYTEA;
