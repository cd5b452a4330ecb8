import { GetObjectAttributesCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { describe, expect, test } from "vitest"
import { allow, refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("GetObjectAttributes", () => {
  test("the attributes that are asked for come, and need both rights", async () => {
    const cloud = await s3Cloud({ functions: { reader: [allow("s3:GetObject", "arn:aws:s3:::lake/*")] } })
    await cloud.client().send(new PutObjectCommand({ Bucket: "lake", Key: "k", Body: "123456789" }))
    const get = (ObjectAttributes: any[], who?: string) =>
      cloud.client(who).send(new GetObjectAttributesCommand({ Bucket: "lake", Key: "k", ObjectAttributes }))
    expect(await get(["ETag", "Checksum", "ObjectSize", "StorageClass"])).toMatchObject({
      ETag: "25f9e794323b453885f5181f1b624d0b",
      Checksum: { ChecksumCRC32: "y/Q5Jg==", ChecksumType: "FULL_OBJECT" },
      ObjectSize: 9,
      StorageClass: "STANDARD",
    })
    expect((await get(["ObjectSize"])).ETag).toBeUndefined()
    expect((await refusal(get(["Colour"]))).name).toBe("InvalidArgument")
    expect((await refusal(get(["ETag"], "reader"))).message).toContain("s3:GetObjectAttributes")
    await cloud.stop()
  })
})
