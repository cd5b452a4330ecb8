import {
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allow, refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("PutObjectTagging", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud({
      functions: {
        writer: [allow("s3:PutObject", "arn:aws:s3:::lake/*")],
        tagger: [
          allow("s3:PutObjectTagging", "arn:aws:s3:::lake/*", {
            Condition: { StringEquals: { "s3:RequestObjectTag/team": "a" } },
          }),
        ],
        public: [
          allow("s3:GetObject", "arn:aws:s3:::lake/*", { Condition: { StringEquals: { "s3:ExistingObjectTag/open": "yes" } } }),
        ],
      },
    })
    await cloud.client().send(new PutObjectCommand({ Bucket: "lake", Key: "k", Body: "x" }))
  })
  afterAll(() => cloud?.stop())

  const at = { Bucket: "lake", Key: "k" }
  const tag = (TagSet: { Key: string; Value: string }[], who?: string) =>
    cloud.client(who).send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet } }))

  test("tags replace each other, are read, counted and removed", async () => {
    await tag([{ Key: "a", Value: "1" }])
    const set = [
      { Key: "b", Value: "2 ü" },
      { Key: "c", Value: "" },
    ]
    await tag(set)
    expect((await cloud.client().send(new GetObjectTaggingCommand(at))).TagSet).toEqual(set)
    expect((await cloud.client().send(new GetObjectCommand(at))).TagCount).toBe(2)
    await cloud.client().send(new DeleteObjectTaggingCommand(at))
    expect((await cloud.client().send(new GetObjectTaggingCommand(at))).TagSet).toEqual([])
  })

  test("a policy may go by the tags that an object has", async () => {
    const read = () => cloud.client("public").send(new GetObjectCommand(at))
    await tag([{ Key: "open", Value: "no" }])
    expect((await refusal(read())).name).toBe("AccessDenied")
    await tag([{ Key: "open", Value: "yes" }])
    expect((await read()).$metadata.httpStatusCode).toBe(200)
  })

  test("a policy may go by the tags that a request gives", async () => {
    await tag([{ Key: "team", Value: "a" }], "tagger")
    expect((await refusal(tag([{ Key: "team", Value: "b" }], "tagger"))).name).toBe("AccessDenied")
  })

  test("too many, doubled and reserved tags are refused, and so is who may only write objects", async () => {
    expect((await refusal(tag(Array.from({ length: 11 }, (_, n) => ({ Key: `${n}`, Value: "" }))))).message).toBe(
      "Object tags cannot be greater than 10",
    )
    expect(
      (
        await refusal(
          tag([
            { Key: "a", Value: "" },
            { Key: "a", Value: "" },
          ]),
        )
      ).name,
    ).toBe("InvalidTag")
    expect((await refusal(tag([{ Key: "aws:a", Value: "" }]))).name).toBe("InvalidTag")
    expect((await refusal(tag([{ Key: "a", Value: "" }], "writer"))).message).toContain("s3:PutObjectTagging")
  })
})
