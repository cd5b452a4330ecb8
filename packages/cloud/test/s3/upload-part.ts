import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("UploadPart", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud()
  })
  afterAll(() => cloud?.stop())

  const at = { Bucket: "lake", Key: "k" }
  const create = async (input: Record<string, any> = {}) =>
    (await cloud.client().send(new CreateMultipartUploadCommand({ ...at, ...input }))).UploadId!
  const upload = (UploadId: string, PartNumber: number, Body: string, input: Record<string, any> = {}) =>
    cloud.client().send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body, ...input }))

  test("a part may be sent again; the last one counts", async () => {
    const id = await create()
    await upload(id, 3, "three")
    await upload(id, 1, "old")
    const { ETag } = await upload(id, 1, "new")
    const { Parts } = await cloud.client().send(new ListPartsCommand({ ...at, UploadId: id }))
    expect(Parts!.map((part) => [part.PartNumber, part.Size])).toEqual([
      [1, 3],
      [3, 5],
    ])
    expect(Parts![0]!.ETag).toBe(ETag)
  })

  test("numbers outside 1 to 10,000 and uploads that are over are refused", async () => {
    const id = await create()
    for (const number of [0, 10_001]) expect((await refusal(upload(id, number, "x"))).name).toBe("InvalidArgument")
    expect((await refusal(upload("nope", 1, "x"))).name).toBe("NoSuchUpload")
    expect((await refusal(upload(id, 1, "x", { Key: "other" }))).name).toBe("NoSuchUpload")
    await cloud.client().send(new AbortMultipartUploadCommand({ ...at, UploadId: id }))
    expect((await refusal(upload(id, 1, "x"))).name).toBe("NoSuchUpload")
  })

  test("a part brings the checksum its upload was announced with", async () => {
    const id = await create({ ChecksumAlgorithm: "SHA256" })
    expect((await refusal(upload(id, 1, "x", { ChecksumAlgorithm: "CRC32" }))).message).toContain(
      "expected checksum Type: sha256, actual checksum Type: crc32",
    )
    const bare = await cloud.raw("PUT", `/lake/k?partNumber=1&uploadId=${id}`, {}, "x")
    expect(await bare.text()).toContain("actual checksum Type: null")
    expect((await upload(id, 1, "x", { ChecksumAlgorithm: "SHA256" })).ChecksumSHA256).toBe(
      "LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=",
    )
  })
})
