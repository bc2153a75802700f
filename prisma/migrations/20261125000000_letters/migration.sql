-- CreateTable
CREATE TABLE "letter" (
    "id" SERIAL NOT NULL,
    "account_id" UUID NOT NULL,
    "to_member" INTEGER NOT NULL,
    "from_member" INTEGER NOT NULL,
    "day" INTEGER NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "letter_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "letter_to_member_id_idx" ON "letter"("to_member", "id");

-- CreateIndex
CREATE INDEX "letter_from_member_idx" ON "letter"("from_member");

-- CreateIndex
CREATE INDEX "letter_account_id_idx" ON "letter"("account_id");

-- AddForeignKey
ALTER TABLE "letter" ADD CONSTRAINT "letter_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
