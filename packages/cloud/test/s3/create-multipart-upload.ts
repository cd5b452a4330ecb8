import { CreateMultipartUploadCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allow, refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("CreateMultipartUpload", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud({ functions: { writer: [allow("s3:PutObject", "arn:aws:s3:::lake/mine/*")] } })
  })
  afterAll(() => cloud?.stop())

  const create = (Key: string, input: Record<string, any> = {}, who?: string) =>
    cloud.client(who).send(new CreateMultipartUploadCommand({ Bucket: "lake", Key, ...input }))

  test("an upload has an id of its own and says which checksum it will have", async () => {
    const one = await create("mine/k", { ChecksumAlgorithm: "CRC32" }, "writer")
    const two = await create("mine/k", { ChecksumAlgorithm: "CRC64NVME" }, "writer")
    expect(one.UploadId).not.toBe(two.UploadId)
    expect([one.ChecksumType, two.ChecksumType]).toEqual(["COMPOSITE", "FULL_OBJECT"])
    expect((await create("mine/k", { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" })).ChecksumType).toBe("FULL_OBJECT")
  })

  test("what cannot be is refused when it begins", async () => {
    expect((await refusal(create("else", {}, "writer"))).name).toBe("AccessDenied")
    expect((await refusal(create("k", { ChecksumAlgorithm: "SHA256", ChecksumType: "FULL_OBJECT" }))).message).toContain(
      "cannot be used with the sha256",
    )
    expect((await refusal(create("k", { ChecksumAlgorithm: "MD5" }))).name).toBe("InvalidRequest")
    expect((await refusal(create("k".repeat(1_025)))).name).toBe("KeyTooLongError")
  })
})
