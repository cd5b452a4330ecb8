import { buildApp } from "fauxqs"
import type { AwsResponse } from "../service.ts"

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>["stores"]>
type ObjectStore = Stores["s3Store"]
type Listing = ReturnType<ObjectStore["listObjects"]>

/** fauxqs without its port: requests are injected in process, so nothing listens beside the one AWS address. */
export interface Fauxqs {
  stores: Stores
  send(request: {
    method: string
    path: string
    headers: Record<string, string>
    body?: Buffer | string
  }): Promise<AwsResponse & { body: Buffer }>
  stop(): Promise<void>
}

/** Its stores are not exported; the files beside its entry hold them (1.9.2, pinned). */
async function stores(): Promise<Stores> {
  const beside = (path: string) => import(new URL(path, import.meta.resolve("fauxqs")).href)
  const [{ S3Store }, { SqsStore }, { SnsStore }] = await Promise.all([
    beside("./s3/s3Store.js"),
    beside("./sqs/sqsStore.js"),
    beside("./sns/snsStore.js"),
  ])
  const s3Store: ObjectStore = new S3Store()
  s3Store.listObjects = (bucket, options) => listInByteOrder(s3Store, bucket, options)
  const sqsStore: Stores["sqsStore"] = new SqsStore()
  // Without a host of its own, a queue's URL carries the Host of the request that made it.
  sqsStore.host = ""
  return { s3Store, sqsStore, snsStore: new SnsStore() }
}

/**
 * S3 lists keys in the order of their UTF-8 bytes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ListingKeysUsingAPIs.html.
 * fauxqs sorts by locale and pages by code unit, which loses keys between pages.
 */
function listInByteOrder(store: ObjectStore, bucket: string, options: Parameters<ObjectStore["listObjects"]>[1] = {}): Listing {
  const objects = bucketsOf(store).get(bucket)
  // Asking a bucket that does not exist for any object throws fauxqs' own NoSuchBucket.
  if (!objects) store.getObject(bucket, "")
  const { prefix = "", delimiter, maxKeys = 1_000 } = options
  const after = options.startAfter ?? options.marker ?? ""
  const found: Listing["objects"] = []
  const commonPrefixes: string[] = []
  const keys = [...(objects?.keys() ?? [])].filter((key) => key.startsWith(prefix) && byBytes(key, after) > 0).sort(byBytes)
  for (const key of keys) {
    const cut = delimiter ? key.indexOf(delimiter, prefix.length) : -1
    const common = cut < 0 ? undefined : key.slice(0, cut + delimiter!.length)
    if (common !== undefined && (common === commonPrefixes.at(-1) || after.startsWith(common))) continue
    if (found.length + commonPrefixes.length >= maxKeys) return { objects: found, commonPrefixes, isTruncated: true }
    if (common === undefined) found.push(objects!.get(key)!)
    else commonPrefixes.push(common)
  }
  return { objects: found, commonPrefixes, isTruncated: false }
}

/** Bucket name → key → object; private in its type. */
export const bucketsOf = (store: ObjectStore) =>
  (store as unknown as { buckets: Map<string, Map<string, Listing["objects"][number]>> }).buckets

/** Code units order as bytes do, except that surrogates come before U+E000 and above. */
function byBytes(a: string, b: string): number {
  return /[\uD800-\uFFFF]/.test(a + b) ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : a < b ? -1 : a > b ? 1 : 0
}

export async function startFauxqs(region: string): Promise<Fauxqs> {
  const own = await stores()
  const app = buildApp({ logger: false, defaultRegion: region, stores: own })
  await app.ready()
  return {
    stores: own,
    stop: () => app.close(),
    async send({ method, path, headers, body }) {
      const answer = await app.inject({ method: method as "GET", url: path, headers, payload: body })
      const sent = Object.entries(answer.headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, String(value)] as const],
      )
      return { status: answer.statusCode, headers: Object.fromEntries(sent), body: answer.rawPayload }
    },
  }
}
