-- CreateTable
CREATE TABLE "past_key" (
    "member_number" INTEGER NOT NULL,
    "generation" INTEGER NOT NULL,
    "period" INTEGER NOT NULL,
    "ending" TEXT NOT NULL,
    "day" INTEGER NOT NULL,

    CONSTRAINT "past_key_pkey" PRIMARY KEY ("member_number","generation","period")
);

-- CreateIndex
CREATE INDEX "past_key_period_idx" ON "past_key"("period");
