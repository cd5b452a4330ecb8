import { createHash } from "node:crypto"
import { Readable } from "node:stream"
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allow, refusal, s3Cloud, textOf } from "../support/s3-cloud.ts"

describe("PutObject", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud({
      functions: {
        writer: [allow("s3:PutObject", "arn:aws:s3:::lake/events/*")],
        comparer: [allow(["s3:PutObject", "s3:GetObject"], "arn:aws:s3:::lake/*")],
      },
    })
  })
  afterAll(() => cloud?.stop())

  const put = (Key: string, input: Record<string, any> = {}, who?: string) =>
    cloud.client(who).send(new PutObjectCommand({ Bucket: "lake", Key, Body: "x", ...input }))
  const get = (Key: string) => cloud.client().send(new GetObjectCommand({ Bucket: "lake", Key }))

  test("an object comes back with its bytes, headers and metadata", async () => {
    const head = { ContentType: "application/json", ContentEncoding: "gzip", CacheControl: "no-store", Metadata: { shard: "1" } }
    const Key = "events/a b+c=ü&'()!*.json"
    const stored = await put(Key, { Body: '{"a":1}', ...head }, "writer")
    expect(stored.ETag).toBe(`"${createHash("md5").update('{"a":1}').digest("hex")}"`)
    const got = await get(Key)
    expect(await textOf(got)).toBe('{"a":1}')
    expect(got).toMatchObject({ ...head, ServerSideEncryption: "AES256", AcceptRanges: "bytes", ETag: stored.ETag })
  })

  test("a stream is sent in chunks with a trailing checksum, which is verified and kept", async () => {
    const Body = Readable.from([Buffer.alloc(100_000, 1), Buffer.alloc(50_000, 2)])
    const stored = await put("stream", { Body, ContentLength: 150_000, ChecksumAlgorithm: "SHA256" })
    const all = Buffer.concat([Buffer.alloc(100_000, 1), Buffer.alloc(50_000, 2)])
    expect(stored.ChecksumSHA256).toBe(createHash("sha256").update(all).digest("base64"))
    const got = await get("stream")
    expect(got.ContentEncoding).toBeUndefined()
    expect(Buffer.from(await got.Body!.transformToByteArray()).equals(all)).toBe(true)
  })

  test("chunks without trailer, and chunks whose trailer lies, are told apart", async () => {
    const chunked = (body: string, headers: Record<string, string>) =>
      cloud.raw(
        "PUT",
        "/lake/chunked",
        {
          "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
          "x-amz-decoded-content-length": "5",
          "content-encoding": "aws-chunked,br",
          ...headers,
        },
        body,
      )
    expect((await chunked("3;chunk-signature=00\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", {})).status).toBe(200)
    expect(await textOf(await get("chunked"))).toBe("abcde")
    expect((await get("chunked")).ContentEncoding).toBe("br")
    const lie = await chunked("5\r\nfghij\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", {
      "x-amz-trailer": "x-amz-checksum-crc32",
    })
    expect([lie.status, /<Code>(\w+)/.exec(await lie.text())?.[1]]).toEqual([400, "BadDigest"])
    const short = await chunked("4\r\nabcd\r\n0\r\n\r\n", {})
    expect(await short.text()).toContain("IncompleteBody")
    expect(await textOf(await get("chunked"))).toBe("abcde")
  })

  test.each(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const)(
    "a %s checksum is verified, returned and shown on request",
    async (algorithm) => {
      // The answers of public implementations for "123456789".
      const known = { CRC32: "y/Q5Jg==", CRC32C: "4waSgw==", CRC64NVME: "rosUhgp5mIg=", SHA1: undefined, SHA256: undefined }
      const digest = known[algorithm] ?? createHash(algorithm.toLowerCase()).update("123456789").digest("base64")
      const name = `Checksum${algorithm}`
      const stored: Record<string, any> = await put("sum", { Body: "123456789", [name]: digest })
      expect([stored[name], stored.ChecksumType]).toEqual([digest, "FULL_OBJECT"])
      const head: Record<string, any> = await cloud
        .client()
        .send(new HeadObjectCommand({ Bucket: "lake", Key: "sum", ChecksumMode: "ENABLED" }))
      expect(head[name]).toBe(digest)
      const wrong = await refusal(put("sum", { Body: "12345678", [name]: digest }))
      expect([wrong.name, wrong.$metadata.httpStatusCode]).toEqual(["BadDigest", 400])
    },
  )

  test("an object without a checksum gets CRC64NVME, as S3 gives it", async () => {
    const plain = await cloud.raw("PUT", "/lake/plain", {}, "123456789")
    expect(plain.headers.get("x-amz-checksum-crc64nvme")).toBe("rosUhgp5mIg=")
  })

  test("a body that is not the announced one is refused and nothing is stored", async () => {
    const md5 = (text: string) => createHash("md5").update(text).digest("base64")
    expect((await cloud.raw("PUT", "/lake/digest", { "content-md5": md5("abc") }, "abc")).status).toBe(200)
    const answers = [
      await cloud.raw("PUT", "/lake/digest", { "content-md5": md5("abd") }, "abc!"),
      await cloud.raw("PUT", "/lake/digest", { "content-md5": "nonsense" }, "abc!"),
      await cloud.raw("PUT", "/lake/digest", { "x-amz-content-sha256": "0".repeat(64) }, "abc!"),
      await cloud.raw("PUT", "/lake/digest", { "x-amz-checksum-crc32": "AA==" }, "abc!"),
      await cloud.raw(
        "PUT",
        "/lake/digest",
        { "x-amz-checksum-crc32": "y/Q5Jg==", "x-amz-checksum-crc32c": "4waSgw==" },
        "123456789",
      ),
    ]
    const codes = await Promise.all(answers.map(async (answer) => /<Code>(\w+)/.exec(await answer.text())?.[1]))
    expect(codes).toEqual(["BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "InvalidRequest", "InvalidRequest"])
    expect(await textOf(await get("digest"))).toBe("abc")
  })

  test("of twenty writers that all want to be first, one is; the others get 412", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) => put("first", { Body: `writer ${n}`, IfNoneMatch: "*" })),
    )
    const refused = results.filter((each) => each.status === "rejected")
    expect(refused.map(({ reason }) => [reason.name, reason.$metadata.httpStatusCode])).toEqual(
      Array.from({ length: 19 }, () => ["PreconditionFailed", 412]),
    )
    const winner = results.findIndex(({ status }) => status === "fulfilled")
    expect(await textOf(await get("first"))).toBe(`writer ${winner}`)
  })

  test("a write may depend on the object it replaces: 412 for another, 404 for none", async () => {
    const { ETag } = await put("compare", { Body: "one" })
    await put("compare", { Body: "two", IfMatch: ETag }, "comparer")
    expect((await refusal(put("compare", { Body: "three", IfMatch: ETag }))).$metadata.httpStatusCode).toBe(412)
    expect((await refusal(put("missing", { IfMatch: ETag }))).name).toBe("NoSuchKey")
    expect((await refusal(put("events/a", { IfMatch: ETag }, "writer"))).message).toContain("s3:GetObject")
    expect(await textOf(await get("compare"))).toBe("two")
  })

  test("limits and unknown things are refused by name", async () => {
    expect((await refusal(put("k".repeat(1_025)))).name).toBe("KeyTooLongError")
    await put("k".repeat(1_024))
    expect((await refusal(put("m", { Metadata: { a: "x".repeat(2_048) } }))).name).toBe("MetadataTooLarge")
    await put("m", { Metadata: { a: "x".repeat(2_047) } })
    expect((await refusal(put("c", { StorageClass: "FROZEN" }))).name).toBe("InvalidStorageClass")
    expect((await refusal(put("c", { StorageClass: "GLACIER" }))).message).toContain("NOT_SIMULATED: s3.storage class GLACIER")
    expect((await refusal(put("c", { ServerSideEncryption: "aws:kms" }))).message).toContain(
      "NOT_SIMULATED: s3.encryption with aws:kms",
    )
    expect((await refusal(put("c", { ACL: "public-read" }))).name).toBe("AccessControlListNotSupported")
    expect((await refusal(put("c", { WebsiteRedirectLocation: "/x" }))).message).toContain(
      "NOT_SIMULATED: s3.header x-amz-website-redirect-location",
    )
    expect((await refusal(put("c", { ExpectedBucketOwner: "999999999999" }))).name).toBe("AccessDenied")
    expect((await refusal(put("c", { Tagging: "a=1&a=2" }))).name).toBe("InvalidTag")
    expect((await refusal(cloud.client().send(new PutObjectCommand({ Bucket: "nobody-has-it", Key: "k", Body: "" })))).name).toBe(
      "NoSuchBucket",
    )
    const { StorageClass } = await (await put("c", { StorageClass: "STANDARD_IA" }),
    cloud.client().send(new HeadObjectCommand({ Bucket: "lake", Key: "c" })))
    expect(StorageClass).toBe("STANDARD_IA")
  })

  test("a body above the cap is refused with the way around it", async () => {
    const big = await cloud.raw("PUT", "/lake/big", {}, Buffer.alloc(128 * 1_048_576 + 1))
    expect(big.status).toBe(400)
    expect(await big.text()).toMatch(
      /<Code>EntityTooLarge<\/Code>.*134217728 bytes: use a multipart upload.*<MaxSizeAllowed>134217728/s,
    )
  })

  test("a write outside the role's prefix is AccessDenied with role, action and ARN, and stores nothing", async () => {
    const error = await refusal(put("else/a", {}, "writer"))
    expect([error.name, error.$metadata.httpStatusCode]).toEqual(["AccessDenied", 403])
    expect(error.message).toBe(
      "User: arn:aws:sts::123456789012:assumed-role/writer-role/writer is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::lake/else/a because no identity-based policy allows the s3:PutObject action",
    )
    expect((await refusal(put("events/t", { Tagging: "a=1" }, "writer"))).message).toContain("s3:PutObjectTagging")
    expect((await refusal(get("else/a"))).name).toBe("NoSuchKey")
  })

  test("the call log counts requests by price tier and bytes", async () => {
    await put("counted", { Body: "12345" })
    expect(cloud.calls.since(0).at(-1)).toMatchObject({ operation: "PutObject", units: { put: 1, bytesIn: 5 } })
    await (await get("counted")).Body!.transformToString()
    expect(cloud.calls.since(0).at(-1)).toMatchObject({ operation: "GetObject", units: { get: 1, bytesOut: 5 } })
  })

  test("keys with dot segments are refused instead of landing on another key", async () => {
    expect((await refusal(put("events/../else/b"))).name).toBe("InvalidURI")
  })
})
