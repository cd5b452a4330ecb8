import { createHash } from "node:crypto"
import type { Access } from "../../../service.ts"
import type { Bucket } from "../storage/bucket.ts"
import type { Piece, Version } from "../storage/records.ts"
import { checkCopySource } from "../wire/conditions.ts"
import { type Algorithm, checksumOf } from "../wire/checksum.ts"
import { type CopySource, copySource } from "../wire/copy-source.ts"
import { combine, type Crc, crc } from "../wire/crc.ts"
import { readable } from "./get-object.ts"
import { bucketOf, type Call, namedVersion, readAccess } from "./operation.ts"

/** The call as a read of the object that it copies. */
function asRead(call: Call, { bucket, key, versionId }: CopySource): Call {
  const query = new URLSearchParams(versionId === null ? {} : { versionId })
  return { ...call, target: { bucket, key }, query }
}

/** What reading the source of a copy needs; its tags are a right of their own where they are copied. */
export function sourceAccess(call: Call, copiesTags: boolean): Access[] {
  const read = asRead(call, copySource(call.headers["x-amz-copy-source"]!))
  const hasTags = copiesTags && Object.keys(namedVersion(read)?.tags ?? {}).length > 0
  return [...readAccess(read), ...(hasTags ? readAccess(read, "s3:GetObjectTagging", "s3:GetObjectVersionTagging") : [])]
}

/** The source of a copy. Throws as a read of it would, and 412 where its conditions do not hold. */
export function sourceOf(call: Call): { bucket: Bucket; version: Version } {
  const read = asRead(call, copySource(call.headers["x-amz-copy-source"]!))
  const bucket = bucketOf(read)
  const version = readable(read, bucket)
  checkCopySource(call.headers, version)
  return { bucket, version }
}

/** MD5 and checksum of stored bytes, read piece by piece. */
export async function digest(
  call: Call,
  pieces: readonly Piece[],
  size: number,
  algorithm: Algorithm,
): Promise<{ md5: string; value: string }> {
  const md5 = createHash("md5")
  const sha = algorithm.startsWith("SHA") ? createHash(algorithm.toLowerCase()) : undefined
  let sum: Buffer | undefined
  const body = await call.store.blobs.read(pieces, 0, size)
  for await (const chunk of Buffer.isBuffer(body) ? [body] : body) {
    md5.update(chunk)
    sha?.update(chunk)
    if (sha) continue
    const kind = algorithm.toLowerCase() as Crc
    sum = sum ? combine(kind, sum, crc(kind, chunk), chunk.length) : crc(kind, chunk)
  }
  const value = sha ? sha.digest("base64") : (sum?.toString("base64") ?? checksumOf(algorithm, Buffer.alloc(0)))
  return { md5: md5.digest("hex"), value }
}
