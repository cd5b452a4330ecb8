import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allow, refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("ListObjectVersions", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  const ids: Record<string, string[]> = { a: [], b: [] }
  beforeAll(async () => {
    cloud = await s3Cloud({
      bucket: { VersioningConfiguration: { Status: "Enabled" } },
      functions: { lister: [allow("s3:ListBucket", "arn:aws:s3:::lake")] },
    })
    const admin = cloud.client()
    for (const Key of ["a", "b", "a", "a"])
      ids[Key]!.unshift((await admin.send(new PutObjectCommand({ Bucket: "lake", Key, Body: Key }))).VersionId!)
    ids.b!.unshift((await admin.send(new DeleteObjectCommand({ Bucket: "lake", Key: "b" }))).VersionId!)
    await admin.send(new PutObjectCommand({ Bucket: "lake", Key: "dir/x", Body: "x" }))
  })
  afterAll(() => cloud?.stop())

  const list = (input: Record<string, any> = {}, who?: string) =>
    cloud.client(who).send(new ListObjectVersionsCommand({ Bucket: "lake", ...input }))

  test("versions stand newest first under their keys, markers beside them", async () => {
    const { Versions, DeleteMarkers } = await list()
    expect(Versions!.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest]).slice(0, 4)).toEqual([
      ["a", ids.a![0], true],
      ["a", ids.a![1], false],
      ["a", ids.a![2], false],
      ["b", ids.b![1], false],
    ])
    expect(DeleteMarkers!.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest])).toEqual([["b", ids.b![0], true]])
  })

  test.each([1, 2, 3])("pages of %d hold each version once", async (MaxKeys) => {
    const seen: string[] = []
    let markers: { KeyMarker?: string; VersionIdMarker?: string } = {}
    for (;;) {
      const page = await list({ MaxKeys, Delimiter: "/", ...markers })
      const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ VersionId }) => VersionId!)
      seen.push(...found, ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!))
      if (!page.IsTruncated) break
      markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
    }
    expect(seen.toSorted()).toEqual([...ids.a!, ...ids.b!, "dir/"].toSorted())
  })

  test("it is a right of its own", async () => {
    expect((await refusal(list({}, "lister"))).message).toContain("s3:ListBucketVersions")
  })
})
