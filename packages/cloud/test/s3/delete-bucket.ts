import { DeleteBucketCommand, DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("DeleteBucket", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud()
  })
  afterAll(() => cloud?.stop())

  test("only an empty bucket goes", async () => {
    const admin = cloud.client()
    const remove = () => admin.send(new DeleteBucketCommand({ Bucket: "lake" }))
    await admin.send(new PutObjectCommand({ Bucket: "lake", Key: "k", Body: "x" }))
    const full = await refusal(remove())
    expect([full.name, full.$metadata.httpStatusCode, full.BucketName]).toEqual(["BucketNotEmpty", 409, "lake"])
    await admin.send(new DeleteObjectCommand({ Bucket: "lake", Key: "k" }))
    expect((await remove()).$metadata.httpStatusCode).toBe(204)
    expect((await refusal(remove())).name).toBe("NoSuchBucket")
  })
})
