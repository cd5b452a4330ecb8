import { createHash } from "node:crypto"
import { crc32 } from "node:zlib"
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("CompleteMultipartUpload", () => {
  const BODIES = [Buffer.alloc(5 * 1_048_576, "one"), Buffer.alloc(5 * 1_048_576 + 3, "two"), Buffer.from("three")]
  const WHOLE = Buffer.concat(BODIES)
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud()
  })
  afterAll(() => cloud?.stop())

  async function upload(Key: string, bodies: Buffer[], input: Record<string, any> = {}) {
    const at = { Bucket: "lake", Key }
    const { UploadId } = await cloud.client().send(new CreateMultipartUploadCommand({ ...at, ...input }))
    const Parts: Record<string, any>[] = []
    for (const [index, Body] of bodies.entries()) {
      const PartNumber = index + 1
      const {
        $metadata: _,
        ServerSideEncryption: __,
        ...part
      } = await cloud
        .client()
        .send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body, ChecksumAlgorithm: input.ChecksumAlgorithm }))
      Parts.push({ PartNumber, ...part })
    }
    const complete = (parts: Record<string, any>[], more: Record<string, any> = {}) =>
      cloud.client().send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts: parts }, ...more }))
    return { UploadId, Parts, complete }
  }
  const head = (Key: string, input: Record<string, any> = {}) =>
    cloud.client().send(new HeadObjectCommand({ Bucket: "lake", Key, ...input }))

  test("parts become one object, with the ETag of its parts and each part readable by number", async () => {
    const { Parts, complete } = await upload("whole", BODIES, { Metadata: { a: "1" }, ContentType: "text/plain" })
    const md5s = Buffer.concat(BODIES.map((body) => createHash("md5").update(body).digest()))
    const done = await complete(Parts)
    expect(done.ETag).toBe(`"${createHash("md5").update(md5s).digest("hex")}-3"`)
    const got = await cloud.client().send(new GetObjectCommand({ Bucket: "lake", Key: "whole" }))
    expect(Buffer.from(await got.Body!.transformToByteArray()).equals(WHOLE)).toBe(true)
    expect(got).toMatchObject({ Metadata: { a: "1" }, ContentType: "text/plain" })
    const part = await head("whole", { PartNumber: 2 })
    expect([part.ContentLength, part.PartsCount]).toEqual([BODIES[1]!.length, 3])
    const across = await cloud
      .client()
      .send(
        new GetObjectCommand({ Bucket: "lake", Key: "whole", Range: `bytes=${BODIES[0]!.length - 2}-${BODIES[0]!.length + 1}` }),
      )
    expect(await across.Body!.transformToString()).toBe(WHOLE.subarray(BODIES[0]!.length - 2, BODIES[0]!.length + 2).toString())
  })

  /** Seen on AWS: https://github.com/localstack/localstack/pull/12842 and 12764 */
  test("a part is told with its own checksum where the object's is composite, and with none where it is of the whole", async () => {
    const get = async (Key: string, PartNumber: number, ChecksumMode?: "ENABLED") => {
      const { Body, ...told } = await cloud
        .client()
        .send(new GetObjectCommand({ Bucket: "lake", Key, PartNumber, ...(ChecksumMode && { ChecksumMode }) }))
      await Body!.transformToByteArray()
      return told
    }
    for (const [ChecksumAlgorithm, member] of [
      ["CRC32", "ChecksumCRC32"],
      ["SHA256", "ChecksumSHA256"],
    ] as const) {
      const Key = `parts-${ChecksumAlgorithm}`
      const { Parts, complete } = await upload(Key, BODIES, { ChecksumAlgorithm })
      await complete(Parts)
      for (const { PartNumber, [member]: value } of Parts) {
        const wanted = { [member]: value, ChecksumType: "COMPOSITE", PartsCount: 3 }
        expect(await get(Key, PartNumber, "ENABLED")).toMatchObject(wanted)
        expect(await head(Key, { PartNumber, ChecksumMode: "ENABLED" })).toMatchObject(wanted)
        expect(await head(Key, { PartNumber })).not.toHaveProperty(member)
      }
    }
    const full = await upload("parts-full", BODIES, { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" })
    await full.complete(full.Parts)
    const told = await get("parts-full", 1, "ENABLED")
    expect([told.ChecksumCRC32, told.ChecksumType, told.PartsCount]).toEqual([undefined, undefined, 3])
  })

  test("the only part of an upload is told with its own checksum, which a whole one equals", async () => {
    for (const ChecksumType of ["COMPOSITE", "FULL_OBJECT"]) {
      const Key = `only-${ChecksumType}`
      const { Parts, complete } = await upload(Key, [BODIES[2]!], { ChecksumAlgorithm: "CRC32", ChecksumType })
      const { ChecksumCRC32 } = await complete(Parts)
      const whole = await head(Key, { ChecksumMode: "ENABLED" })
      expect([whole.ChecksumCRC32, whole.ChecksumType]).toEqual([ChecksumCRC32, ChecksumType])
      const told = await head(Key, { PartNumber: 1, ChecksumMode: "ENABLED" })
      expect(told).toMatchObject({ ChecksumCRC32: Parts[0]!.ChecksumCRC32, ChecksumType, PartsCount: 1 })
      expect(told.ChecksumCRC32 === whole.ChecksumCRC32).toBe(ChecksumType === "FULL_OBJECT")
    }
    await cloud
      .client()
      .send(new PutObjectCommand({ Bucket: "lake", Key: "no-parts", Body: "three", ChecksumAlgorithm: "CRC32" }))
    const single = await head("no-parts", { PartNumber: 1, ChecksumMode: "ENABLED" })
    expect([single.ChecksumCRC32, single.PartsCount]).toEqual([
      (await head("no-parts", { ChecksumMode: "ENABLED" })).ChecksumCRC32,
      undefined,
    ])
    expect(
      (await refusal(cloud.client().send(new GetObjectCommand({ Bucket: "lake", Key: "no-parts", PartNumber: 10_001 })))).name,
    ).toBe("InvalidArgument")
  })

  test("the parts of a composite checksum are listed page by page, those of a whole one counted", async () => {
    const attributes = async (Key: string, input: Record<string, any> = {}) =>
      (
        await cloud
          .client()
          .send(new GetObjectAttributesCommand({ Bucket: "lake", Key, ObjectAttributes: ["ObjectParts"], ...input }))
      ).ObjectParts
    const { Parts, complete } = await upload("listed", BODIES, { ChecksumAlgorithm: "SHA1" })
    await complete(Parts)
    const first = await attributes("listed", { MaxParts: 2 })
    expect(first).toMatchObject({ TotalPartsCount: 3, MaxParts: 2, IsTruncated: true, NextPartNumberMarker: "2" })
    const rest = await attributes("listed", { PartNumberMarker: first!.NextPartNumberMarker })
    expect([...first!.Parts!, ...rest!.Parts!]).toEqual(
      BODIES.map(({ length }, index) => ({ PartNumber: index + 1, Size: length, ChecksumSHA1: Parts[index]!.ChecksumSHA1 })),
    )
    for (const input of [{ ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" }, {}]) {
      const whole = await upload("counted", BODIES, input)
      await whole.complete(whole.Parts)
      expect(await attributes("counted")).toEqual({ TotalPartsCount: 3 })
    }
  })

  test("a full checksum is that of the bytes, a composite one that of the parts' checksums", async () => {
    const value = (body: Buffer) => {
      const bytes = Buffer.alloc(4)
      bytes.writeUInt32BE(crc32(body))
      return bytes
    }
    const full = await upload("full", BODIES, { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" })
    expect((await full.complete(full.Parts)).ChecksumCRC32).toBe(value(WHOLE).toString("base64"))
    const composite = await upload("composite", BODIES, { ChecksumAlgorithm: "CRC32" })
    expect((await composite.complete(composite.Parts)).ChecksumCRC32).toBe(
      `${value(Buffer.concat(BODIES.map(value))).toString("base64")}-3`,
    )
    const none = await upload("none", BODIES, { ChecksumAlgorithm: "CRC64NVME" })
    const { ChecksumCRC64NVME } = await none.complete(none.Parts)
    const single = await cloud
      .client()
      .send(new PutObjectCommand({ Bucket: "lake", Key: "single", Body: WHOLE, ChecksumAlgorithm: "CRC64NVME" }))
    expect(ChecksumCRC64NVME).toBe(single.ChecksumCRC64NVME)
  })

  test("lists of parts that are wrong are refused and the upload goes on", async () => {
    const { Parts, complete, UploadId } = await upload("wrong", [BODIES[0]!, Buffer.from("small"), Buffer.from("last")])
    const [one, two, three] = Parts as [any, any, any]
    const small = await refusal(complete(Parts))
    expect([small.name, small.$metadata.httpStatusCode]).toEqual(["EntityTooSmall", 400])
    expect((await refusal(complete([three, one]))).name).toBe("InvalidPartOrder")
    expect((await refusal(complete([one, { ...two, ETag: three.ETag }]))).name).toBe("InvalidPart")
    expect((await refusal(complete([one, { ...three, PartNumber: 9 }]))).name).toBe("InvalidPart")
    expect((await refusal(complete([]))).name).toBe("MalformedXML")
    expect((await refusal(complete([one, three], { MpuObjectSize: 5 }))).name).toBe("InvalidRequest")
    expect((await refusal(head("wrong"))).$metadata.httpStatusCode).toBe(404)
    await complete([one, three])
    expect((await head("wrong")).ContentLength).toBe(BODIES[0]!.length + 4)
    expect((await refusal(complete([one, three]))).UploadId).toBe(UploadId)
  })

  test("a completion may want to be the first under its key", async () => {
    await cloud.client().send(new PutObjectCommand({ Bucket: "lake", Key: "taken", Body: "x" }))
    const { Parts, complete } = await upload("taken", [Buffer.from("only")])
    expect((await refusal(complete(Parts, { IfNoneMatch: "*" }))).$metadata.httpStatusCode).toBe(412)
    await complete(Parts)
  })

  test("state shows what is under way", async () => {
    const before = JSON.parse(JSON.stringify(await state()))
    await upload("open", [Buffer.from("12345")])
    expect((await state()).uploads).toBe(before.uploads + 1)
  })

  async function state(): Promise<{ name: string; objects: number; bytes: number; uploads: number }> {
    return (cloud.service.state!() as { name: string; objects: number; bytes: number; uploads: number }[])[0]!
  }
})
