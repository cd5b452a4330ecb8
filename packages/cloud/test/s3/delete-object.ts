import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allow, refusal, s3Cloud, textOf } from "../support/s3-cloud.ts"

describe("DeleteObject", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud({ functions: { remover: [allow("s3:DeleteObject", "arn:aws:s3:::lake/*")] } })
  })
  afterAll(() => cloud?.stop())

  const remove = (Key: string, input: Record<string, any> = {}, who?: string) =>
    cloud.client(who).send(new DeleteObjectCommand({ Bucket: "lake", Key, ...input }))
  const put = (Key: string, Body = "x") => cloud.client().send(new PutObjectCommand({ Bucket: "lake", Key, Body }))
  const versions = async (Prefix: string) => cloud.client().send(new ListObjectVersionsCommand({ Bucket: "lake", Prefix }))

  test("a deletion answers 204, also a second time", async () => {
    await put("k")
    expect((await remove("k", {}, "remover")).$metadata.httpStatusCode).toBe(204)
    expect((await remove("k", {}, "remover")).$metadata.httpStatusCode).toBe(204)
    expect((await refusal(remove("k", { VersionId: "null" }, "remover"))).message).toContain("s3:DeleteObjectVersion")
  })

  test("a deletion may depend on what it deletes", async () => {
    const { ETag } = await put("conditional")
    expect((await refusal(remove("conditional", { IfMatch: '"other"' }))).$metadata.httpStatusCode).toBe(412)
    expect((await remove("conditional", { IfMatch: ETag })).$metadata.httpStatusCode).toBe(204)
  })

  test("with versions a marker covers the object; without it the object is back; suspended, the null version goes", async () => {
    await put("v", "before")
    const status = (Status: "Enabled" | "Suspended") =>
      cloud.client().send(new PutBucketVersioningCommand({ Bucket: "lake", VersioningConfiguration: { Status } }))
    await status("Enabled")
    await put("v", "after")
    const marker = await remove("v")
    expect(marker.DeleteMarker).toBe(true)
    const all = await versions("v")
    expect([
      all.Versions!.map(({ VersionId }) => VersionId === "null"),
      all.DeleteMarkers!.map(({ IsLatest }) => IsLatest),
    ]).toEqual([[false, true], [true]])
    expect(await remove("v", { VersionId: marker.VersionId })).toMatchObject({ DeleteMarker: true, VersionId: marker.VersionId })
    expect(await textOf(await cloud.client().send(new GetObjectCommand({ Bucket: "lake", Key: "v" })))).toBe("after")
    await status("Suspended")
    expect(await remove("v")).toMatchObject({ DeleteMarker: true, VersionId: "null" })
    const left = await versions("v")
    expect([left.Versions!.length, left.DeleteMarkers!.map(({ VersionId }) => VersionId)]).toEqual([1, ["null"]])
  })
})
