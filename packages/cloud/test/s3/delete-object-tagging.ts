import { DeleteObjectTaggingCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { describe, expect, test } from "vitest"
import { refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("DeleteObjectTagging", () => {
  test("without its tags an object is the same version", async () => {
    const cloud = await s3Cloud()
    const at = { Bucket: "lake", Key: "k" }
    await cloud.client().send(new PutObjectCommand({ ...at, Body: "x", Tagging: "a=1" }))
    const before = await cloud.client().send(new HeadObjectCommand(at))
    expect((await cloud.client().send(new DeleteObjectTaggingCommand(at))).$metadata.httpStatusCode).toBe(204)
    const after = await cloud.client().send(new HeadObjectCommand(at))
    expect([after.ETag, after.LastModified, after.TagCount]).toEqual([before.ETag, before.LastModified, undefined])
    expect((await refusal(cloud.client().send(new DeleteObjectTaggingCommand({ ...at, Key: "missing" })))).name).toBe("NoSuchKey")
    await cloud.stop()
  })
})
