-- CreateTable
CREATE TABLE "log_leaf" (
    "index" INTEGER NOT NULL,
    "hash" BYTEA NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "log_leaf_pkey" PRIMARY KEY ("index")
);

-- CreateTable
CREATE TABLE "log_node" (
    "level" SMALLINT NOT NULL,
    "index" INTEGER NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "log_node_pkey" PRIMARY KEY ("level","index")
);

-- CreateTable
CREATE TABLE "log_size" (
    "id" INTEGER NOT NULL,
    "size" INTEGER NOT NULL,

    CONSTRAINT "log_size_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "log_key" (
    "id" INTEGER NOT NULL,
    "public_key" BYTEA NOT NULL,
    "sealed_seed" BYTEA NOT NULL,

    CONSTRAINT "log_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "seen_statement" (
    "member_number" INTEGER NOT NULL,
    "statement" BYTEA NOT NULL,

    CONSTRAINT "seen_statement_pkey" PRIMARY KEY ("member_number")
);

-- CreateIndex
CREATE UNIQUE INDEX "log_leaf_hash_key" ON "log_leaf"("hash");
