import { CreateBucketCommand, ListBucketsCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { s3Cloud } from "../support/s3-cloud.ts"

describe("ListBuckets", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud()
    for (const Bucket of ["zoo", "log-b", "log-a"]) await cloud.client().send(new CreateBucketCommand({ Bucket }))
  })
  afterAll(() => cloud?.stop())

  test("buckets are listed by name, by prefix and page by page", async () => {
    const list = async (input: Record<string, any> = {}) => {
      const { Buckets = [], ContinuationToken } = await cloud.client().send(new ListBucketsCommand(input))
      return { names: Buckets.map(({ Name }) => Name), ContinuationToken }
    }
    expect((await list()).names).toEqual(["lake", "log-a", "log-b", "zoo"])
    expect((await list({ Prefix: "log-" })).names).toEqual(["log-a", "log-b"])
    const first = await list({ MaxBuckets: 3 })
    expect((await list({ ContinuationToken: first.ContinuationToken })).names).toEqual(["zoo"])
  })
})
