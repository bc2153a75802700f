-- CreateTable
CREATE TABLE "audit_line" (
    "number" INTEGER NOT NULL,
    "day" INTEGER NOT NULL,
    "minute" SMALLINT,
    "kind" SMALLINT NOT NULL,
    "actor" INTEGER,
    "subject" INTEGER,
    "values" INTEGER[],
    "salt" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_line_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "day_count" (
    "day" INTEGER NOT NULL,
    "what" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "day_count_pkey" PRIMARY KEY ("day","what")
);

-- CreateTable
CREATE TABLE "audited_day" (
    "id" INTEGER NOT NULL,
    "day" INTEGER NOT NULL,

    CONSTRAINT "audited_day_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "audit_line_day_idx" ON "audit_line"("day");
