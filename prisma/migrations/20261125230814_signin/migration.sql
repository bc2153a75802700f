-- AlterTable
ALTER TABLE "session" ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'app';

-- CreateTable
CREATE TABLE "recovery_code" (
    "account_id" UUID NOT NULL,
    "place" SMALLINT NOT NULL,
    "hash" TEXT NOT NULL,
    "used" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "recovery_code_pkey" PRIMARY KEY ("account_id","place")
);

-- CreateTable
CREATE TABLE "passkey" (
    "credential_id" BYTEA NOT NULL,
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "public_key" BYTEA NOT NULL,
    "counter" BIGINT NOT NULL,
    "added_day" INTEGER NOT NULL,
    "used_day" INTEGER,
    "auth_hash" TEXT,
    "wrapped_key" BYTEA,

    CONSTRAINT "passkey_pkey" PRIMARY KEY ("credential_id")
);

-- CreateTable
CREATE TABLE "used_challenge" (
    "hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "used_challenge_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "factor_reset" (
    "id" BYTEA NOT NULL,
    "account_id" UUID NOT NULL,
    "token_hash" BYTEA,
    "by_member" INTEGER,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_day" INTEGER,

    CONSTRAINT "factor_reset_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "passkey_account_id_idx" ON "passkey"("account_id");

-- CreateIndex
CREATE INDEX "used_challenge_expires_at_idx" ON "used_challenge"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "factor_reset_token_hash_key" ON "factor_reset"("token_hash");

-- CreateIndex
CREATE INDEX "factor_reset_account_id_idx" ON "factor_reset"("account_id");

-- AddForeignKey
ALTER TABLE "recovery_code" ADD CONSTRAINT "recovery_code_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "passkey" ADD CONSTRAINT "passkey_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "factor_reset" ADD CONSTRAINT "factor_reset_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;
