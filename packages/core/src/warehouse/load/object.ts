import { createHash } from "node:crypto"
import * as z from "zod"
import { LakeObject, versionInKey } from "../../lake/object.ts"
import { TOPICS } from "../../lake/tables.ts"

/**
 * What the consumer announces: one table's rows of one Kinesis batch. The key becomes a literal of SQL, since the ledger's rows are too many
 * for parameters, so it has only characters among which no quote can be.
 */
export const LoadObject = LakeObject.extend({ key: z.string().regex(/^[A-Za-z0-9=._/-]{1,1024}$/, "must be a key of the lake") })
export type LoadObject = z.output<typeof LoadObject>

/** At most this many objects per transaction, so that each of its statements stays far below 100 KB. */
export const MAX_OBJECTS = 500

/** The same objects are the same batch, in whatever order and however often they are named. */
export function batchId(keys: readonly string[]): string {
  const sorted = [...new Set(keys)].sort()
  return createHash("sha256").update(sorted.join("\n")).digest("hex").slice(0, 32)
}

/** One per key, in the order of the keys. */
export function distinct(objects: readonly LoadObject[]): LoadObject[] {
  const byKey = new Map(objects.map((object) => [object.key, object]))
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** Batches of one table and one version of its files each, in the order of the tables; what is loaded later may refer to what was loaded before, never has to. */
export function batches(objects: readonly LoadObject[]): LoadObject[][] {
  const versions = [...new Set(objects.map(({ key }) => versionInKey(key)))].sort()
  return TOPICS.flatMap((table) => versions.map((version) => [table, version] as const)).flatMap(([table, version]) => {
    const own = distinct(objects.filter((object) => object.table === table && versionInKey(object.key) === version))
    return Array.from({ length: Math.ceil(own.length / MAX_OBJECTS) }, (_, n) =>
      own.slice(n * MAX_OBJECTS, (n + 1) * MAX_OBJECTS),
    )
  })
}

export const manifestKey = (id: string): string => `manifests/${id}.manifest`

/** For Parquet, COPY needs the length of each object: https://docs.aws.amazon.com/redshift/latest/dg/loading-data-files-using-manifest.html */
export const manifestOf = (bucket: string, objects: readonly LoadObject[]): string =>
  JSON.stringify({
    entries: objects.map(({ key, bytes }) => ({
      url: `s3://${bucket}/${key}`,
      mandatory: true,
      meta: { content_length: bytes },
    })),
  })
