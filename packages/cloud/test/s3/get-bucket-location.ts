import { GetBucketLocationCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("GetBucketLocation", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud()
  })
  afterAll(() => cloud?.stop())

  test("buckets of us-east-1 have no location constraint", async () => {
    const location = (Bucket: string) => cloud.client().send(new GetBucketLocationCommand({ Bucket }))
    expect((await location("lake")).LocationConstraint).toBeFalsy()
    expect((await refusal(location("missing"))).name).toBe("NoSuchBucket")
  })
})
