import { ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allow, refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("ListObjectsV2", () => {
  const KEYS = [
    "Z",
    "a",
    "B",
    "a/1",
    "a/2",
    "a-1",
    "_",
    "é",
    "z",
    "\u{1F3BB}",
    "\uFF01",
    "b/c/1",
    "b/d",
    "<&>\r\u0001\"'",
    " lead",
    "%25+",
  ].map((name) => `list/${name}`)
  const SORTED = KEYS.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud({
      functions: {
        lister: [allow("s3:ListBucket", "arn:aws:s3:::lake", { Condition: { StringLike: { "s3:prefix": "list/*" } } })],
      },
    })
    for (const Key of KEYS) await cloud.client().send(new PutObjectCommand({ Bucket: "lake", Key, Body: "x" }))
  })
  afterAll(() => cloud?.stop())

  const list = (input: Record<string, any> = {}, who?: string) =>
    cloud.client(who).send(new ListObjectsV2Command({ Bucket: "lake", Prefix: "list/", EncodingType: "url", ...input }))
  const decoded = (page: { Contents?: { Key?: string }[] }) => (page.Contents ?? []).map(({ Key }) => decodeURIComponent(Key!))

  async function pages(input: Record<string, any>): Promise<string[]> {
    const seen: string[] = []
    let ContinuationToken: string | undefined
    do {
      const page = await list({ ...input, ContinuationToken })
      const entries = [...decoded(page), ...(page.CommonPrefixes ?? []).map(({ Prefix }) => decodeURIComponent(Prefix!))]
      expect(entries.length).toBe(page.KeyCount)
      expect(entries.length).toBeLessThanOrEqual(input.MaxKeys)
      seen.push(...entries.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
      ContinuationToken = page.NextContinuationToken
      expect(page.IsTruncated).toBe(ContinuationToken !== undefined)
    } while (ContinuationToken)
    return seen
  }

  test.each([1, 2, 3, 7, 1_000])("pages of %d hold every key once, in byte order, whatever the letters", async (MaxKeys) => {
    expect(await pages({ MaxKeys })).toEqual(SORTED)
  })

  test.each([1, 2, 3, 1_000])("pages of %d hold every folded prefix once", async (MaxKeys) => {
    const folded = [...new Set(SORTED.map((key) => /^list\/[^/]*\/?/.exec(key)![0]))]
    expect(await pages({ MaxKeys, Delimiter: "/" })).toEqual(folded)
  })

  test("start-after goes on behind a key, and the prefix confines it", async () => {
    expect(decoded(await list({ StartAfter: "list/a/1", Prefix: "list/a" }))).toEqual(["list/a/2"])
    expect(decoded(await list({ StartAfter: "zzz" }))).toEqual([])
    expect((await list({ Prefix: "nothing" })).KeyCount).toBe(0)
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false })
  })

  test("keys travel as they are where no encoding is asked for", async () => {
    const page = await cloud.client().send(new ListObjectsV2Command({ Bucket: "lake", Prefix: "list/ " }))
    expect(page.Contents!.map(({ Key }) => Key)).toEqual(["list/ lead"])
    expect(page.Contents![0]).toMatchObject({ Size: 1, ETag: '"9dd4e461268c8034f5c8564e155c67a6"', StorageClass: "STANDARD" })
    expect(page.Contents![0]!.Owner).toBeUndefined()
    expect((await list({ FetchOwner: true })).Contents![0]!.Owner!.ID).toBe("123456789012")
  })

  test("a role may be allowed to list one prefix only", async () => {
    expect((await list({}, "lister")).KeyCount).toBe(KEYS.length)
    expect((await refusal(list({ Prefix: undefined }, "lister"))).name).toBe("AccessDenied")
  })

  test("tokens and counts that are none are refused", async () => {
    expect((await refusal(list({ ContinuationToken: "x" }))).message).toBe("The continuation token provided is incorrect")
    expect((await cloud.raw("GET", "/lake?list-type=2&max-keys=many")).status).toBe(400)
    expect((await cloud.raw("GET", "/lake?list-type=2&encoding-type=base64")).status).toBe(400)
    expect((await list({ MaxKeys: 100_000 })).MaxKeys).toBe(1_000)
  })
})
