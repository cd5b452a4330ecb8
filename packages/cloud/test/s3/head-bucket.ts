import { HeadBucketCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("HeadBucket", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud({ functions: { nobody: [] } })
  })
  afterAll(() => cloud?.stop())

  test("a bucket is there, is not, or is none of the caller's business", async () => {
    const head = (Bucket: string, who?: string) => cloud.client(who).send(new HeadBucketCommand({ Bucket }))
    expect((await head("lake")).BucketRegion).toBe("us-east-1")
    expect((await refusal(head("missing"))).$metadata.httpStatusCode).toBe(404)
    expect((await refusal(head("lake", "nobody"))).$metadata.httpStatusCode).toBe(403)
  })
})
