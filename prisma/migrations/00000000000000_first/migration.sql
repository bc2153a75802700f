-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "message" (
    "arrival" INTEGER NOT NULL,
    "mailbox_id" BYTEA NOT NULL,
    "message_id" BYTEA NOT NULL,
    "day" INTEGER NOT NULL,
    "by" SMALLINT NOT NULL,
    "header" BYTEA NOT NULL,
    "header_hash" BYTEA NOT NULL,
    "delete_token_hash" BYTEA NOT NULL,
    "sealed_summary" BYTEA NOT NULL,
    "sealed_body" BYTEA NOT NULL,
    "body_hash" BYTEA NOT NULL,
    "source_slot" BYTEA NOT NULL,
    "roster_number" INTEGER NOT NULL,
    "period" INTEGER NOT NULL,

    CONSTRAINT "message_pkey" PRIMARY KEY ("arrival")
);

-- CreateTable
CREATE TABLE "slot" (
    "member_number" INTEGER NOT NULL,
    "arrival" INTEGER NOT NULL,
    "period" INTEGER NOT NULL,
    "generation" INTEGER NOT NULL,
    "bytes" BYTEA,
    "wrap" BYTEA,
    "tried" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "slot_pkey" PRIMARY KEY ("member_number","arrival")
);

-- CreateTable
CREATE TABLE "archive_key" (
    "member_number" INTEGER NOT NULL,
    "key_id" BYTEA NOT NULL,

    CONSTRAINT "archive_key_pkey" PRIMARY KEY ("member_number")
);

-- CreateTable
CREATE TABLE "arrival_counter" (
    "id" INTEGER NOT NULL,
    "last" INTEGER NOT NULL,

    CONSTRAINT "arrival_counter_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "closed_period" (
    "period" INTEGER NOT NULL,

    CONSTRAINT "closed_period_pkey" PRIMARY KEY ("period")
);

-- CreateTable
CREATE TABLE "upload" (
    "upload_id" BYTEA NOT NULL,
    "mailbox_id" BYTEA NOT NULL,
    "part_count" INTEGER NOT NULL,
    "started_day" INTEGER NOT NULL,
    "arrival" INTEGER,

    CONSTRAINT "upload_pkey" PRIMARY KEY ("upload_id")
);

-- CreateTable
CREATE TABLE "upload_part" (
    "upload_id" BYTEA NOT NULL,
    "index" INTEGER NOT NULL,
    "size" INTEGER NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "upload_part_pkey" PRIMARY KEY ("upload_id","index")
);

-- CreateTable
CREATE TABLE "newsroom_statement" (
    "ordinal" INTEGER NOT NULL,
    "statement" BYTEA NOT NULL,

    CONSTRAINT "newsroom_statement_pkey" PRIMARY KEY ("ordinal")
);

-- CreateTable
CREATE TABLE "roster" (
    "number" INTEGER NOT NULL,
    "hash" BYTEA NOT NULL,
    "members_hash" BYTEA NOT NULL,
    "valid_until_day" INTEGER NOT NULL,
    "statement" BYTEA NOT NULL,
    "settings" BYTEA NOT NULL,

    CONSTRAINT "roster_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "messaging_key" (
    "member_number" INTEGER NOT NULL,
    "generation" INTEGER NOT NULL,
    "period" INTEGER NOT NULL,
    "statement" BYTEA NOT NULL,

    CONSTRAINT "messaging_key_pkey" PRIMARY KEY ("member_number","generation","period")
);

-- CreateTable
CREATE TABLE "newsroom_version" (
    "id" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "newsroom_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setup_token" (
    "id" INTEGER NOT NULL,
    "token_hash" BYTEA NOT NULL,

    CONSTRAINT "setup_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" UUID NOT NULL,
    "user_name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "member_number" INTEGER,
    "salt" BYTEA NOT NULL,
    "memory_kib" INTEGER NOT NULL,
    "passes" INTEGER NOT NULL,
    "auth_hash" TEXT NOT NULL,
    "recovery_auth_hash" TEXT NOT NULL,
    "totp_sealed" BYTEA NOT NULL,
    "totp_last_step" INTEGER NOT NULL,
    "last_unlock_day" INTEGER NOT NULL,
    "vault_version" INTEGER NOT NULL,
    "wrapped_key" BYTEA NOT NULL,
    "recovery_wrapped_key" BYTEA NOT NULL,
    "record_list" BYTEA NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "vault_record" (
    "account_id" UUID NOT NULL,
    "record_id" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "vault_record_pkey" PRIMARY KEY ("account_id","record_id")
);

-- CreateTable
CREATE TABLE "session" (
    "token_hash" BYTEA NOT NULL,
    "account_id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "active_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "try_delay" (
    "name_hash" BYTEA NOT NULL,
    "failures" INTEGER NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "try_delay_pkey" PRIMARY KEY ("name_hash")
);

-- CreateTable
CREATE TABLE "invite" (
    "id" BYTEA NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "label" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "name" TEXT,
    "identity_key" BYTEA,
    "static_key" BYTEA,
    "account_id" UUID,

    CONSTRAINT "invite_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "lasting_key" (
    "name" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "lasting_key_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "intake_ceilings" (
    "id" INTEGER NOT NULL,
    "ceiling_bytes" BIGINT NOT NULL,
    "unclaimed_bytes" BIGINT NOT NULL,
    "text_reserve_bytes" BIGINT NOT NULL,

    CONSTRAINT "intake_ceilings_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "message_message_id_idx" ON "message"("message_id");

-- CreateIndex
CREATE INDEX "message_roster_number_idx" ON "message"("roster_number");

-- CreateIndex
CREATE UNIQUE INDEX "message_mailbox_id_message_id_key" ON "message"("mailbox_id", "message_id");

-- CreateIndex
CREATE INDEX "slot_arrival_idx" ON "slot"("arrival");

-- CreateIndex
CREATE INDEX "slot_member_number_period_generation_idx" ON "slot"("member_number", "period", "generation");

-- CreateIndex
CREATE INDEX "upload_mailbox_id_idx" ON "upload"("mailbox_id");

-- CreateIndex
CREATE INDEX "upload_arrival_idx" ON "upload"("arrival");

-- CreateIndex
CREATE INDEX "roster_members_hash_idx" ON "roster"("members_hash");

-- CreateIndex
CREATE INDEX "messaging_key_period_idx" ON "messaging_key"("period");

-- CreateIndex
CREATE UNIQUE INDEX "account_user_name_key" ON "account"("user_name");

-- CreateIndex
CREATE UNIQUE INDEX "account_member_number_key" ON "account"("member_number");

-- CreateIndex
CREATE INDEX "session_account_id_idx" ON "session"("account_id");

-- CreateIndex
CREATE INDEX "session_started_at_idx" ON "session"("started_at");

-- CreateIndex
CREATE INDEX "try_delay_until_idx" ON "try_delay"("until");

-- CreateIndex
CREATE UNIQUE INDEX "invite_token_hash_key" ON "invite"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "invite_account_id_key" ON "invite"("account_id");

-- AddForeignKey
ALTER TABLE "slot" ADD CONSTRAINT "slot_arrival_fkey" FOREIGN KEY ("arrival") REFERENCES "message"("arrival") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "upload" ADD CONSTRAINT "upload_arrival_fkey" FOREIGN KEY ("arrival") REFERENCES "message"("arrival") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "upload_part" ADD CONSTRAINT "upload_part_upload_id_fkey" FOREIGN KEY ("upload_id") REFERENCES "upload"("upload_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "vault_record" ADD CONSTRAINT "vault_record_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invite" ADD CONSTRAINT "invite_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the schema language of Prisma cannot say. The engine splits at semicolons, so comments have none.
ALTER TABLE "upload_part" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
ALTER TABLE "message" ALTER COLUMN "sealed_body" SET STORAGE EXTERNAL;
INSERT INTO "arrival_counter" ("id", "last") VALUES (1, 0);
