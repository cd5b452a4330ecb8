import { CreateBucketCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("CreateBucket", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud({ functions: { nobody: [] } })
  })
  afterAll(() => cloud?.stop())

  test("a bucket is made once; again it is still there, with its rules for names", async () => {
    const create = (Bucket: string, who?: string) => cloud.client(who).send(new CreateBucketCommand({ Bucket }))
    expect((await create("my.bucket-1")).Location).toBe("/my.bucket-1")
    expect((await create("my.bucket-1")).$metadata.httpStatusCode).toBe(200)
    for (const name of ["ab", "Upper", "a..b", "-a-b", "1.2.3.4", "xn--abc", "a".repeat(64)])
      expect([name, (await refusal(create(name))).name]).toEqual([name, "InvalidBucketName"])
    expect((await refusal(create("other", "nobody"))).name).toBe("AccessDenied")
    const elsewhere = new CreateBucketCommand({ Bucket: "other", CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } })
    expect((await refusal(cloud.client().send(elsewhere))).name).toBe("IllegalLocationConstraintException")
  })
})
