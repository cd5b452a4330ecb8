/** A socket lives two hours at most; rows and roster entries a quarter of an hour longer, so that they never go before it. */
export const LIFETIME_MS = (2 * 60 + 15) * 60_000

/** Tombstones outlive whatever may still be under way for a connection: `$connect` and actions end within 29 seconds. */
export const TOMBSTONE_MS = 15 * 60_000

/** While `$connect` runs, posts answer 410 for a socket that is about to open. Its function has 10 seconds. */
export const OPENING_MS = 10_000
