/**
 * Bytes of Yjs in one frame. A message on a socket holds 128 KB, base64 makes four of three, and the rest of the frame needs some too.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export const PAGE_BYTES = 90 * 1024

/** One edit, whole or in parts. */
export const UPDATE_BYTES = 8 * 1024 * 1024
export const UPDATE_PARTS = 512

/** Snapshot and log together: what a compaction must hold in memory several times over. */
export const DOCUMENT_BYTES = 32 * 1024 * 1024

/**
 * Larger updates lie in the bucket, their log entry says where. An item holds 400 KB, and a transaction pays two write units for each KB:
 * from 4 KB on a PUT is cheaper, up to this size a page of the log is quicker than many GETs.
 */
export const INLINE_BYTES = 32 * 1024

/** What makes a compaction due: so many updates, or so many bytes, since the last one asked for. */
export const COMPACT_UPDATES = 100
export const COMPACT_BYTES = 256 * 1024

/** Versions that stay to be looked at and restored. */
export const VERSIONS = 50

/** A vector has about 7 bytes for each session that ever wrote. */
export const VECTOR_BYTES = 64 * 1024
