import { GetObjectTaggingCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { describe, expect, test } from "vitest"
import { allow, refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("GetObjectTagging", () => {
  test("the tags of a version need a right of their own", async () => {
    const cloud = await s3Cloud({
      bucket: { VersioningConfiguration: { Status: "Enabled" } },
      functions: { reader: [allow("s3:GetObjectTagging", "arn:aws:s3:::lake/*")] },
    })
    const put = (Tagging: string) => cloud.client().send(new PutObjectCommand({ Bucket: "lake", Key: "k", Body: "x", Tagging }))
    const { VersionId } = await put("a=1")
    await put("a=2")
    const get = (who?: string, id?: string) =>
      cloud.client(who).send(new GetObjectTaggingCommand({ Bucket: "lake", Key: "k", VersionId: id }))
    expect((await get("reader")).TagSet).toEqual([{ Key: "a", Value: "2" }])
    expect((await get(undefined, VersionId)).TagSet).toEqual([{ Key: "a", Value: "1" }])
    expect((await refusal(get("reader", VersionId))).message).toContain("s3:GetObjectVersionTagging")
    await cloud.stop()
  })
})
