import type { Algorithm, Checksum } from "../wire/checksum.ts"

/** A run of bytes of a stored blob. Copies and completed uploads name the blobs that are there, so they move no bytes. */
export interface Piece {
  blob: string
  start: number
  size: number
}

/** What a client says about an object beside its bytes. */
export interface Description {
  /** `content-type`, `cache-control` …, and `x-amz-meta-*`. */
  headers: Record<string, string>
  storageClass: string
  tags?: Record<string, string>
}

/** One version of an object, or a delete marker. */
export interface Version extends Description {
  key: string
  /** `null` where the bucket kept no versions when it was written. */
  id: string
  /** Epoch milliseconds of the cloud. */
  at: number
  /** Position among all changes of this store; versions of a key stand in its order. */
  seq: number
  isMarker?: true
  /** Without quotes. */
  etag: string
  size: number
  pieces: Piece[]
  checksum?: Checksum
  /** Of a multipart upload: its parts, in order. */
  parts?: { size: number; checksum?: string }[]
}

export interface Part {
  number: number
  etag: string
  at: number
  size: number
  pieces: Piece[]
  checksum?: { algorithm: Algorithm; value: string }
}

/** A multipart upload in progress. */
export interface Upload extends Description {
  id: string
  key: string
  at: number
  algorithm?: Algorithm
  checksumType?: Checksum["type"]
  parts: Map<number, Part>
}

export type Versioning = "Enabled" | "Suspended"

/** A notification on its way; kept until its destination took it. */
export interface Delivery {
  id: string
  bucketArn: string
  kind: "queue" | "topic" | "function" | "bus"
  /** ARN of the destination. */
  to: string
  message: string
}

/** One change of the store. A line of the journal is a list of them that holds as a whole or not at all. */
export type Entry =
  | { do: "bucket"; name: string; at: number }
  | { do: "drop"; name: string }
  | { do: "versioning"; bucket: string; status: Versioning }
  /** The destinations that were told of their configuration. */
  | { do: "notification"; bucket: string; hash: string }
  /** Adds a version, or replaces the one with its id. */
  | { do: "put"; bucket: string; version: Version }
  | { do: "remove"; bucket: string; key: string; id: string; seq: number }
  | { do: "upload"; bucket: string; upload: Omit<Upload, "parts"> }
  | { do: "part"; bucket: string; upload: string; part: Part }
  /** The upload was completed or aborted. */
  | { do: "end"; bucket: string; upload: string }
  | { do: "send"; delivery: Delivery }
  | { do: "sent"; id: string }
