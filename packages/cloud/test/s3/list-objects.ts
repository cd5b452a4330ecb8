import { ListObjectsCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { s3Cloud } from "../support/s3-cloud.ts"

describe("ListObjects", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud()
    for (const Key of ["a", "b/1", "b/2", "c", "d/1"])
      await cloud.client().send(new PutObjectCommand({ Bucket: "lake", Key, Body: "x" }))
  })
  afterAll(() => cloud?.stop())

  const list = (input: Record<string, any>) => cloud.client().send(new ListObjectsCommand({ Bucket: "lake", ...input }))

  test("the marker of the next page is the last key, or named where prefixes are folded", async () => {
    const plain = await list({ MaxKeys: 2 })
    expect([plain.Contents!.map(({ Key }) => Key), plain.IsTruncated, plain.NextMarker]).toEqual([["a", "b/1"], true, undefined])
    expect((await list({ Marker: "b/1" })).Contents!.map(({ Key }) => Key)).toEqual(["b/2", "c", "d/1"])
    const folded = await list({ MaxKeys: 2, Delimiter: "/" })
    expect([folded.CommonPrefixes, folded.NextMarker]).toEqual([[{ Prefix: "b/" }], "b/"])
    const rest = await list({ Delimiter: "/", Marker: folded.NextMarker })
    expect([rest.Contents!.map(({ Key }) => Key), rest.CommonPrefixes, rest.IsTruncated]).toEqual([
      ["c"],
      [{ Prefix: "d/" }],
      false,
    ])
  })
})
