/** Sizes and counts of the protocol. docs/protocol.md §3. Bytes unless the name says otherwise. */

export const HASH = 32;
export const ID = 16;
export const SIGNATURE = 64;
export const TAG = 16;
export const NONCE = 24;
export const KEM_PUBLIC_KEY = 1216;
export const KEM_CIPHERTEXT = 1120;

export const PERIOD_DAYS = 7;
export const PERIODS_AHEAD = 13;
export const CLOCK_TOLERANCE_DAYS = 1;
export const MAX_JOURNALISTS = 40;
export const MAX_ENTRIES = 400;
export const MAX_NAME = 80;
export const MAX_SETTINGS = 65_536;
/** Of any kind: the largest is a list of the newsroom. */
export const MAX_STATEMENT = 131_200;
export const DEFAULT_ROSTER_DAYS = 35;
/** Days without unlocking after which a member is not offered to sources, unless nobody else is left. */
export const ABSENT_DAYS = 30;

export const HEADER = 203;
export const SUMMARY = 512;
export const SEALED_SUMMARY = SUMMARY + TAG;
/** Plaintext sizes of a body by its class. */
export const BODY_CLASSES = [4_096, 16_384, 65_536, 262_144, 1_048_576] as const;
export const SLOT = 1_216;
export const WRAP = 108;
export const MAX_MESSAGE =
  HEADER + SEALED_SUMMARY + 1_048_576 + TAG + 1 + (MAX_JOURNALISTS + 1) * SLOT;
export const NEWEST_PLACES = 16;
export const READER_MAP = 5;

export const MAX_FILES = 1_000;
export const MAX_FILE = 2_147_483_648;
/** A stored part: nonce, ciphertext and tag. */
export const MAX_PART = 1_048_576;
export const CHUNK = MAX_PART - NONCE - TAG;
export const MIN_PADDED_FILE = 65_536;
export const MAX_PARTS = 2_112;
export const MAX_FILE_NAME = 255;
export const MAX_FILE_TYPE = 100;
export const MAX_TEXT_CHARACTERS = 250_000;

export const CHALLENGE_SECONDS = 120;
export const TOKEN_SECONDS = 1_800;
export const BLOCK_ROWS = 256;
export const MAX_WRAPS = 256;
export const MAX_VAULT_RECORD = 65_536;

export const ARGON2_MIN_MEMORY_KIB = 65_536;
export const ARGON2_MIN_PASSES = 3;
/** What passphrases are stretched with when they are set, and older ones when they are next typed. A release may raise it. */
export const ARGON2_TARGET_MEMORY_KIB = 65_536;
export const ARGON2_TARGET_PASSES = 3;
