import { DeleteObjectsCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allow, refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("DeleteObjects", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud({ functions: { remover: [allow("s3:DeleteObject", "arn:aws:s3:::lake/mine/*")] } })
  })
  afterAll(() => cloud?.stop())

  const put = (Key: string) => cloud.client().send(new PutObjectCommand({ Bucket: "lake", Key, Body: "x" }))
  const remove = (keys: string[], who?: string, Quiet?: boolean) =>
    cloud.client(who).send(new DeleteObjectsCommand({ Bucket: "lake", Delete: { Quiet, Objects: keys.map((Key) => ({ Key })) } }))
  const keys = async () =>
    (await cloud.client().send(new ListObjectsV2Command({ Bucket: "lake" }))).Contents?.map(({ Key }) => Key) ?? []

  test("each key is decided on its own: what is refused stays, the others go", async () => {
    const all = ["mine/a&b", "mine/<c> d+e", "theirs/x"]
    for (const key of all) await put(key)
    const { Deleted, Errors } = await remove([...all, "mine/missing"], "remover")
    expect(Deleted!.map(({ Key }) => Key)).toEqual(["mine/a&b", "mine/<c> d+e", "mine/missing"])
    expect(Errors).toMatchObject([{ Key: "theirs/x", Code: "AccessDenied" }])
    expect(Errors![0]!.Message).toContain("s3:DeleteObject on resource: arn:aws:s3:::lake/theirs/x")
    expect(await keys()).toEqual(["theirs/x"])
  })

  test("a quiet call names failures only", async () => {
    await put("mine/quiet")
    const { Deleted, Errors } = await remove(["mine/quiet", "theirs/x"], "remover", true)
    expect([Deleted, Errors!.length]).toEqual([undefined, 1])
  })

  test("a thousand keys go at once, one more is malformed, and so is a body without checksum", async () => {
    const many = Array.from({ length: 1_001 }, (_, n) => `mine/${n}`)
    for (const key of many.slice(0, 50)) await put(key)
    expect((await remove(many.slice(0, 1_000))).Deleted).toHaveLength(1_000)
    expect((await refusal(remove(many))).name).toBe("MalformedXML")
    const bare = await cloud.raw("POST", "/lake?delete", {}, "<Delete><Object><Key>a</Key></Object></Delete>")
    expect(await bare.text()).toContain("Missing required header for this request: Content-MD5")
  })
})
