import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allow, refusal, s3Cloud } from "../support/s3-cloud.ts"

describe("AbortMultipartUpload", () => {
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud({
      functions: {
        writer: [allow("s3:PutObject", "arn:aws:s3:::lake/*")],
        aborter: [allow("s3:AbortMultipartUpload", "arn:aws:s3:::lake/*")],
      },
    })
  })
  afterAll(() => cloud?.stop())

  test("an aborted upload is gone with its parts; aborting needs a right of its own", async () => {
    const at = { Bucket: "lake", Key: "k" }
    const { UploadId } = await cloud.client().send(new CreateMultipartUploadCommand(at))
    await cloud.client().send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: "x" }))
    const abort = (who: string) => cloud.client(who).send(new AbortMultipartUploadCommand({ ...at, UploadId }))
    expect((await refusal(abort("writer"))).message).toContain("s3:AbortMultipartUpload")
    expect((await abort("aborter")).$metadata.httpStatusCode).toBe(204)
    expect((await refusal(abort("aborter"))).name).toBe("NoSuchUpload")
    expect((await cloud.client().send(new ListMultipartUploadsCommand({ Bucket: "lake" }))).Uploads).toBeUndefined()
  })
})
