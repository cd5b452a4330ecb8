import { CreateMultipartUploadCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { s3Cloud } from "../support/s3-cloud.ts"

describe("ListMultipartUploads", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  const begun: string[] = []
  beforeAll(async () => {
    cloud = await s3Cloud()
    for (const Key of ["b", "a", "b", "dir/1", "dir/2", "z"])
      begun.push((await cloud.client().send(new CreateMultipartUploadCommand({ Bucket: "lake", Key }))).UploadId!)
  })
  afterAll(() => cloud?.stop())

  test.each([1, 2, 4, 1_000])("pages of %d hold each upload once, by key, and fold prefixes", async (MaxUploads) => {
    const keys: string[] = []
    const ids = new Set<string>()
    const folded: string[] = []
    let markers: { KeyMarker?: string; UploadIdMarker?: string } = {}
    for (;;) {
      const page = await cloud
        .client()
        .send(new ListMultipartUploadsCommand({ Bucket: "lake", MaxUploads, Delimiter: "/", ...markers }))
      for (const { Key, UploadId } of page.Uploads ?? []) {
        keys.push(Key!)
        ids.add(UploadId!)
      }
      folded.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!))
      if (!page.IsTruncated) break
      markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker || undefined }
    }
    expect([keys, folded, ids.size]).toEqual([["a", "b", "b", "z"], ["dir/"], 4])
  })
})
