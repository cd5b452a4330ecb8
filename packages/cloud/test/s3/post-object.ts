import { GetObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3"
import { createPresignedPost, type PresignedPostOptions } from "@aws-sdk/s3-presigned-post"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allow, s3Cloud, textOf } from "../support/s3-cloud.ts"

describe("PostObject", () => {
  let now = Date.now()
  let cloud: Awaited<ReturnType<typeof s3Cloud>>
  beforeAll(async () => {
    cloud = await s3Cloud({ now: () => now, functions: { uploader: [allow("s3:PutObject", "arn:aws:s3:::lake/media/*")] } })
  })
  afterAll(() => cloud?.stop())

  const policy = (Key: string, options: Partial<PresignedPostOptions> = {}, who: string | undefined = "uploader") =>
    createPresignedPost(cloud.client(who) as S3Client, { Bucket: "lake", Key, Expires: 600, ...options })
  async function send(
    { url, fields }: { url: string; fields: Record<string, string> },
    file = "hello",
    filename = "a b.txt",
    more: Record<string, string> = {},
  ) {
    const form = new FormData()
    for (const [name, value] of Object.entries({ ...fields, ...more })) form.append(name, value)
    form.append("file", new Blob([file], { type: "text/plain" }), filename)
    return fetch(url, { method: "POST", body: form, redirect: "manual" })
  }
  const failure = async (answer: Response) => {
    const text = await answer.text()
    return [answer.status, /<Code>(\w+)/.exec(text)?.[1], /<Message>([^<]*)/.exec(text)?.[1]]
  }

  test("a browser uploads with a policy that a function signed, under its rights", async () => {
    const answer = await send(await policy("media/one", { Fields: { "Content-Type": "image/png", "x-amz-meta-owner": "münch" } }))
    expect([answer.status, answer.headers.get("etag")]).toEqual([204, '"5d41402abc4b2a76b9719d911017c592"'])
    const got = await cloud.client().send(new GetObjectCommand({ Bucket: "lake", Key: "media/one" }))
    expect([await textOf(got), got.ContentType, got.Metadata!.owner]).toEqual(["hello", "image/png", "=?UTF-8?B?bcO8bmNo?="])
    expect(cloud.calls.since(0).find(({ operation }) => operation === "PostObject")).toMatchObject({
      caller: "uploader",
      units: { put: 1 },
    })
    expect(await failure(await send(await policy("else/one")))).toMatchObject([
      403,
      "AccessDenied",
      expect.stringContaining("s3:PutObject on resource: arn:aws:s3:::lake/else/one"),
    ])
  })

  test("the file's name takes its place in the key", async () => {
    expect((await send(await policy("media/${filename}"), "x", "dir\\photo ü.png")).status).toBe(204)
    await cloud.client().send(new HeadObjectCommand({ Bucket: "lake", Key: "media/photo ü.png" }))
    expect((await failure(await send(await policy("media/${filename}"), "x", "..")))[1]).toBe("InvalidURI")
  })

  test("sizes outside the range are refused with the bounds", async () => {
    const limited = await policy("media/sized", { Conditions: [["content-length-range", 2, 5]] })
    expect((await send(limited, "12345")).status).toBe(204)
    expect((await failure(await send(limited, "123456"))).slice(0, 2)).toEqual([400, "EntityTooLarge"])
    expect((await failure(await send(limited, "1"))).slice(0, 2)).toEqual([400, "EntityTooSmall"])
  })

  test("conditions must hold, and fields that none speaks of are refused", async () => {
    const typed = await policy("media/typed", {
      Conditions: [
        ["starts-with", "$Content-Type", "image/"],
        ["starts-with", "$x-amz-meta-tag", ""],
      ],
    })
    const image = { "Content-Type": "image/gif", "x-amz-meta-tag": "any" }
    expect((await send(typed, "x", "f", image)).status).toBe(204)
    expect((await failure(await send(typed, "x", "f", { ...image, "Content-Type": "text/html" })))[2]).toContain(
      "Policy Condition failed: [&quot;starts-with&quot;, &quot;$content-type&quot;, &quot;image/&quot;]",
    )
    expect((await failure(await send(typed, "x", "f", { ...image, "x-amz-meta-evil": "1" })))[2]).toBe(
      "Invalid according to Policy: Extra input fields: x-amz-meta-evil",
    )
    expect(
      (await failure(await send({ ...typed, fields: { ...typed.fields, key: "media/other" } }, "x", "f", image)))[2],
    ).toContain("Policy Condition failed")
    expect((await send(typed, "x", "f", { ...image, "x-ignore-me": "1" })).status).toBe(204)
  })

  test("a forged signature, a changed policy and one that is over are refused", async () => {
    const signed = await policy("media/forged")
    const { fields } = signed
    const forged = {
      ...signed,
      fields: { ...fields, "X-Amz-Signature": fields["X-Amz-Signature"]!.replace(/.$/, (last) => (last === "0" ? "1" : "0")) },
    }
    expect((await failure(await send(forged))).slice(0, 2)).toEqual([403, "SignatureDoesNotMatch"])
    const open = Buffer.from(
      JSON.stringify({ expiration: "2099-01-01T00:00:00Z", conditions: [["starts-with", "$key", ""]] }),
    ).toString("base64")
    expect((await failure(await send({ ...signed, fields: { ...fields, Policy: open } })))[1]).toBe("SignatureDoesNotMatch")
    now += 700_000
    expect(await failure(await send(signed))).toEqual([403, "AccessDenied", "Invalid according to Policy: Policy expired."])
    now -= 700_000
  })

  test("success is answered as the form asks", async () => {
    const ask = async (fields: Record<string, string>) => send(await policy("media/answer", { Fields: fields }))
    expect((await ask({ success_action_status: "200" })).status).toBe(200)
    const created = await ask({ success_action_status: "201" })
    expect([created.status, await created.text()]).toEqual([
      201,
      expect.stringContaining("<Key>media/answer</Key><ETag>&quot;5d41402abc4b2a76b9719d911017c592&quot;</ETag>"),
    ])
    expect((await ask({ success_action_status: "299" })).status).toBe(204)
    const moved = await ask({ success_action_redirect: "https://example.com/done?a=1" })
    expect([moved.status, moved.headers.get("location")]).toEqual([
      303,
      "https://example.com/done?a=1&bucket=lake&key=media%2Fanswer&etag=%225d41402abc4b2a76b9719d911017c592%22",
    ])
  })

  test("forms that are none, without file or without key are refused", async () => {
    const { url, fields } = await policy("media/x")
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    expect((await failure(await fetch(url, { method: "POST", body: form })))[2]).toBe(
      "POST requires exactly one file upload per request.",
    )
    const { key: _, ...keyless } = fields
    expect((await failure(await send({ url, fields: keyless })))[2]).toContain("must contain a field named &apos;key&apos;")
    expect((await failure(await cloud.raw("POST", "/lake", { "content-type": "text/plain" }, "x")))[1]).toBe("PreconditionFailed")
    expect(
      (
        await failure(await cloud.raw("POST", "/lake", { "content-type": "multipart/form-data; boundary=b" }, "--b\r\nrubbish"))
      )[1],
    ).toBe("MalformedPOSTRequest")
    expect((await failure(await send({ url, fields: { ...fields, "x-amz-meta-long": "y".repeat(21_000) } })))[1]).toBe(
      "MaxPostPreDataLengthExceededError",
    )
    const bare = await fetch(`${cloud.awsUrl}/lake`, { method: "POST", body: await new Response(new FormData()).blob() })
    expect(bare.status).toBeGreaterThanOrEqual(400)
  })
})
