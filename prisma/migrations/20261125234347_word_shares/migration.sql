-- CreateTable
CREATE TABLE "share_set" (
    "set_id" BYTEA NOT NULL,
    "account_id" UUID NOT NULL,
    "words" TEXT NOT NULL,

    CONSTRAINT "share_set_pkey" PRIMARY KEY ("set_id")
);

-- CreateTable
CREATE TABLE "share_holder" (
    "set_id" BYTEA NOT NULL,
    "member_number" INTEGER NOT NULL,
    "kept_day" INTEGER,

    CONSTRAINT "share_holder_pkey" PRIMARY KEY ("set_id","member_number")
);

-- CreateTable
CREATE TABLE "recovery_request" (
    "id" BYTEA NOT NULL,
    "account_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "xwing" BYTEA NOT NULL,
    "x25519" BYTEA NOT NULL,
    "day" INTEGER NOT NULL,

    CONSTRAINT "recovery_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "recovery_answer" (
    "request_id" BYTEA NOT NULL,
    "member_number" INTEGER NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "recovery_answer_pkey" PRIMARY KEY ("request_id","member_number")
);

-- CreateIndex
CREATE UNIQUE INDEX "share_set_account_id_words_key" ON "share_set"("account_id", "words");

-- CreateIndex
CREATE INDEX "share_holder_member_number_idx" ON "share_holder"("member_number");

-- CreateIndex
CREATE UNIQUE INDEX "recovery_request_token_hash_key" ON "recovery_request"("token_hash");

-- CreateIndex
CREATE INDEX "recovery_request_account_id_idx" ON "recovery_request"("account_id");

-- AddForeignKey
ALTER TABLE "share_set" ADD CONSTRAINT "share_set_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "share_holder" ADD CONSTRAINT "share_holder_set_id_fkey" FOREIGN KEY ("set_id") REFERENCES "share_set"("set_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recovery_request" ADD CONSTRAINT "recovery_request_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recovery_answer" ADD CONSTRAINT "recovery_answer_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "recovery_request"("id") ON DELETE CASCADE ON UPDATE CASCADE;
