import { createHash } from "node:crypto"
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "../s3/index.ts"
import { ulid } from "ulid"
import { s3 } from "../aws.ts"
import { config } from "../config.ts"

/**
 * DOCUMENT_BUCKET: what is too large for items. A snapshot of 20 MB costs 5 micro-dollars to put here and 12,800 in items; a range of it is one page of
 * a join, without reading the rest. A key never gets other bytes, so a reader between two pages never sees another object:
 * `snapshots/<doc>/<seq>-<ulid>` · `updates/<doc>/<hash>` (bodies of large log entries) · `joins/<doc>/<ulid>` (answers in pages; expire after a day).
 */
const padded = (seq: number): string => String(seq).padStart(10, "0")
const snapshotPrefix = (id: string): string => `snapshots/${id}/`
export const snapshotKey = (id: string, seq: number): string => `${snapshotPrefix(id)}${padded(seq)}-${ulid()}`
/** One key for one content of one client id: a repeat writes the same bytes again. */
export const bodyKey = (id: string, parts: readonly string[]): string =>
  `updates/${id}/${createHash("sha256").update(JSON.stringify(parts)).digest("base64url")}`
export const joinKey = (id: string): string => `joins/${id}/${ulid()}`

/** Whether a cursor may name this key as a page of that document. */
export const isPaged = (id: string, key: string): boolean =>
  ["snapshots", "joins"].some((kind) => key.startsWith(`${kind}/${id}/`) && /^[\w-]+$/.test(key.split("/").slice(2).join("/")))

const at = (Key: string) => ({ Bucket: config("DOCUMENT_BUCKET"), Key })

export async function put(key: string, bytes: Uint8Array): Promise<void> {
  await s3().send(new PutObjectCommand({ ...at(key), Body: bytes, ContentType: "application/octet-stream" }))
}

/** Without `s3:ListBucket` S3 would say of what is gone only that it is not to be read. The bytes from `from` on, at most `count` of them; undefined where the object is gone. */
export async function get(key: string, from = 0, count?: number): Promise<Uint8Array | undefined> {
  try {
    const Range = count === undefined ? undefined : `bytes=${from}-${from + count - 1}`
    const { Body } = await s3().send(new GetObjectCommand({ ...at(key), Range }))
    return await Body!.transformToByteArray()
  } catch (error) {
    // A range that begins behind the end is of no page that there is.
    if (error instanceof Error && ["NoSuchKey", "InvalidRange"].includes(error.name)) return undefined
    throw error
  }
}

/** Safe to repeat. */
export async function remove(key: string): Promise<void> {
  await s3().send(new DeleteObjectCommand(at(key)))
}

/** Keys of all snapshots of a document below a position, committed or left by a compaction that died. */
export async function snapshotsBefore(id: string, seq: number): Promise<string[]> {
  const Prefix = snapshotPrefix(id)
  const { Contents = [] } = await s3().send(new ListObjectsV2Command({ Bucket: config("DOCUMENT_BUCKET"), Prefix }))
  return Contents.flatMap(({ Key }) => (Key && Key < `${Prefix}${padded(seq)}` ? [Key] : []))
}
