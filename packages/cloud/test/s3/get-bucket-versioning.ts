import { GetBucketVersioningCommand } from "@aws-sdk/client-s3"
import { describe, expect, test } from "vitest"
import { s3Cloud } from "../support/s3-cloud.ts"

describe("GetBucketVersioning", () => {
  test("a bucket says what its template says, or nothing", async () => {
    const cloud = await s3Cloud({
      resources: {
        Kept: { type: "AWS::S3::Bucket", properties: { BucketName: "kept", VersioningConfiguration: { Status: "Enabled" } } },
      },
    })
    const status = async (Bucket: string) => (await cloud.client().send(new GetBucketVersioningCommand({ Bucket }))).Status
    expect([await status("lake"), await status("kept")]).toEqual([undefined, "Enabled"])
    await cloud.stop()
  })
})
