-- AlterTable
ALTER TABLE "slot" ADD COLUMN     "archive_turn" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "archive_key" ADD COLUMN     "turn" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "former_archive_key" (
    "member_number" INTEGER NOT NULL,
    "turn" INTEGER NOT NULL,
    "key_id" BYTEA NOT NULL,

    CONSTRAINT "former_archive_key_pkey" PRIMARY KEY ("member_number","turn")
);

-- CreateTable
CREATE TABLE "key_change" (
    "account_id" UUID NOT NULL,
    "member_number" INTEGER NOT NULL,
    "statement" BYTEA NOT NULL,

    CONSTRAINT "key_change_pkey" PRIMARY KEY ("account_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "key_change_member_number_key" ON "key_change"("member_number");

-- AddForeignKey
ALTER TABLE "key_change" ADD CONSTRAINT "key_change_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
