-- AlterTable
ALTER TABLE "account" ADD COLUMN     "handover_asked_day" INTEGER;
