-- AlterTable
ALTER TABLE "account" ADD COLUMN     "sessions_ended" INTEGER NOT NULL DEFAULT 0;
