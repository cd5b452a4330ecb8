import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { getSignedUrl } from "@aws-sdk/s3-request-presigner"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allow, refusal, s3Cloud } from "./support/s3-cloud.ts"

const CORS = {
  CorsRules: [
    {
      AllowedOrigins: ["https://*.example.com"],
      AllowedMethods: ["GET", "PUT"],
      AllowedHeaders: ["content-*", "x-amz-meta-a"],
      ExposedHeaders: ["ETag"],
      MaxAge: 300,
    },
    { AllowedOrigins: ["*"], AllowedMethods: ["GET"] },
  ],
}
const PUBLIC = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: false, RestrictPublicBuckets: false }
const statement = (Resource: string, Action = "s3:GetObject") => ({ Effect: "Allow", Principal: "*", Action, Resource })

let now = Date.now()
let cloud: Awaited<ReturnType<typeof s3Cloud>>
beforeAll(async () => {
  cloud = await s3Cloud({
    now: () => now,
    bucket: { CorsConfiguration: CORS },
    functions: { signer: [allow(["s3:PutObject", "s3:GetObject"], "arn:aws:s3:::lake/mine/*")] },
    resources: {
      Site: { type: "AWS::S3::Bucket", properties: { BucketName: "site", PublicAccessBlockConfiguration: PUBLIC } },
      SitePolicy: {
        type: "AWS::S3::BucketPolicy",
        properties: { Bucket: "site", PolicyDocument: { Statement: statement("arn:aws:s3:::site/open/*") } },
      },
    },
  })
  for (const [Bucket, Key] of [
    ["lake", "mine/k"],
    ["site", "open/a"],
    ["site", "closed"],
  ])
    await cloud.client().send(new PutObjectCommand({ Bucket, Key, Body: "body" }))
})
afterAll(() => cloud?.stop())

const code = async (answer: Response) => [answer.status, /<Code>(\w+)/.exec(await answer.text())?.[1]]
const url = (command: GetObjectCommand | PutObjectCommand, expiresIn = 60, who: string | undefined = "signer", config = {}) =>
  getSignedUrl(cloud.client(who, config), command, { expiresIn, signingDate: new Date(now) })
const getUrl = (Key = "mine/k", expiresIn?: number, input = {}) =>
  url(new GetObjectCommand({ Bucket: "lake", Key, ...input }), expiresIn)
const put = { requestChecksumCalculation: "WHEN_REQUIRED" } as const

describe("signed URLs", () => {
  test("carry the rights of their signer, for keys of any letters", async () => {
    const Key = "mine/a b+c=ü&'()!*~.txt"
    const answer = await fetch(
      await url(new PutObjectCommand({ Bucket: "lake", Key, ContentType: "text/x" }), 60, "signer", put),
      {
        method: "PUT",
        body: "signed",
        headers: { "content-type": "text/x" },
      },
    )
    expect(answer.status).toBe(200)
    const got = await fetch(await getUrl(Key, 60, { ResponseContentType: "text/y" }))
    expect([await got.text(), got.headers.get("content-type")]).toEqual(["signed", "text/y"])
    expect(await code(await fetch(await getUrl("other")))).toEqual([403, "AccessDenied"])
  })

  test("are refused when anything in them was changed", async () => {
    const signed = await getUrl()
    const changes: ((text: string) => string)[] = [
      (text) => text.replace("mine/k", "mine/other"),
      (text) => text.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
      (text) => `${text}&response-content-type=text%2Fhtml`,
      (text) => text.replace(/(X-Amz-Signature=)./, (_, name) => `${name}${text.includes("X-Amz-Signature=0") ? "1" : "0"}`),
    ]
    expect((await fetch(signed)).status).toBe(200)
    for (const change of changes) expect(await code(await fetch(change(signed)))).toEqual([403, "SignatureDoesNotMatch"])
    expect(await code(await fetch(signed, { method: "DELETE" }))).toEqual([403, "SignatureDoesNotMatch"])
  })

  test("end on the cloud's clock, after a week at the latest", async () => {
    const signed = await getUrl()
    now += 61_000
    expect(await code(await fetch(signed))).toEqual([403, "AccessDenied"])
    now -= 61_000
    const long = (await getUrl()).replace("X-Amz-Expires=60", "X-Amz-Expires=604801")
    expect(await code(await fetch(long))).toEqual([400, "AuthorizationQueryParametersError"])
    expect(await code(await fetch(signed.replace("X-Amz-Expires=60", "X-Amz-Expires=-1")))).toEqual([
      400,
      "AuthorizationQueryParametersError",
    ])
    expect(await code(await fetch(signed.replace(/&X-Amz-Date=\w+/, "")))).toEqual([400, "AuthorizationQueryParametersError"])
    now -= 20 * 60_000
    expect(await code(await fetch(signed))).toEqual([403, "AccessDenied"])
    now += 20 * 60_000
  })

  test("do not let their holder add headers that say something", async () => {
    const signed = await url(new PutObjectCommand({ Bucket: "lake", Key: "mine/h" }), 60, "signer", put)
    const answer = await fetch(signed, { method: "PUT", body: "x", headers: { "x-amz-meta-evil": "1" } })
    expect([answer.status, await answer.text()]).toEqual([
      403,
      expect.stringContaining("<HeadersNotSigned>x-amz-meta-evil</HeadersNotSigned>"),
    ])
  })

  test("bind metadata and checksums that stand in the URL", async () => {
    const signed = await url(new PutObjectCommand({ Bucket: "lake", Key: "mine/m", Metadata: { a: "1" } }), 60, "signer", put)
    await fetch(signed, { method: "PUT", body: "x" })
    expect((await cloud.client().send(new HeadObjectCommand({ Bucket: "lake", Key: "mine/m" }))).Metadata).toEqual({ a: "1" })
    const summed = await url(new PutObjectCommand({ Bucket: "lake", Key: "mine/m", Body: "announced" }))
    expect(await code(await fetch(summed, { method: "PUT", body: "something" }))).toEqual([400, "BadDigest"])
  })
})

describe("requests without a signature", () => {
  const ask = (path: string, init: RequestInit = {}) => fetch(cloud.awsUrl + path, init)

  test("reach what a bucket policy opens to everyone, and nothing else", async () => {
    expect(await (await ask("/site/open/a")).text()).toBe("body")
    expect((await ask("/site/open/a", { method: "HEAD" })).headers.get("content-length")).toBe("4")
    for (const path of ["/site/closed", "/site/open/missing", "/site?list-type=2", "/lake/mine/k", "/nowhere/k", "/"])
      expect([path, ...(await code(await ask(path)))]).toEqual([path, 403, "AccessDenied"])
    expect(await code(await ask("/site/open/a", { method: "PUT", body: "x" }))).toEqual([403, "AccessDenied"])
    expect(await code(await ask("/site/open/a?response-content-type=text/html"))).toEqual([400, "InvalidRequest"])
    const remove = "<Delete><Object><Key>open/a</Key></Object></Delete>"
    expect((await ask("/site?delete", { method: "POST", body: remove })).status).not.toBe(200)
  })

  test("a policy that lets everyone in is refused where the bucket blocks such policies", async () => {
    const closed = s3Cloud({
      resources: {
        Policy: {
          type: "AWS::S3::BucketPolicy",
          properties: { Bucket: "lake", PolicyDocument: { Statement: [statement("arn:aws:s3:::lake/*")] } },
        },
      },
    })
    await expect(closed).rejects.toThrow("Policy lets everyone in, which BlockPublicPolicy of Lake prevents")
  })
})

describe("pages of other origins", () => {
  const preflight = (origin: string, method: string, asked?: string, path = "/lake/mine/k") =>
    fetch(cloud.awsUrl + path, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": method, ...(asked && { "access-control-request-headers": asked }) },
    })

  test("are told what the bucket's rules allow", async () => {
    const allowed = await preflight("https://app.example.com", "PUT", "content-type, x-amz-meta-a")
    expect(allowed.status).toBe(200)
    expect(Object.fromEntries([...allowed.headers].filter(([name]) => name.startsWith("access-control")))).toEqual({
      "access-control-allow-origin": "https://app.example.com",
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET, PUT",
      "access-control-allow-headers": "content-type, x-amz-meta-a",
      "access-control-expose-headers": "ETag",
      "access-control-max-age": "300",
    })
    expect((await preflight("https://other.org", "GET")).headers.get("access-control-allow-origin")).toBe("*")
  })

  test.each([
    ["https://app.example.com", "PUT", "x-amz-meta-b"],
    ["https://other.org", "PUT", undefined],
    ["https://app.example.com", "DELETE", undefined],
    ["https://example.com.evil.org", "PUT", undefined],
  ])("%s may not %s with %s", async (origin, method, asked) => {
    expect(await code(await preflight(origin, method, asked))).toEqual([403, "AccessForbidden"])
  })

  test("a bucket without rules says so", async () => {
    const answer = await preflight("https://app.example.com", "GET", undefined, "/site/open/a")
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("CORS is not enabled for this bucket")])
  })

  test("answers, also refusals, carry the headers that let the page read them", async () => {
    const from = (origin: string) => ({ headers: { origin } })
    const got = await fetch(await getUrl(), from("https://app.example.com"))
    expect([
      await got.text(),
      got.headers.get("access-control-allow-origin"),
      got.headers.get("access-control-expose-headers"),
    ]).toEqual(["body", "https://app.example.com", "ETag"])
    const refused = await fetch((await getUrl()).replace("mine/k", "mine/x"), from("https://app.example.com"))
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([403, "https://app.example.com"])
    const plain = await fetch(`${cloud.awsUrl}/site/open/a`, from("https://app.example.com"))
    expect([plain.status, plain.headers.get("access-control-allow-origin")]).toEqual([200, null])
  })

  test("cannot act as the administrator, whose key nobody can verify", async () => {
    const signed = await url(new GetObjectCommand({ Bucket: "lake", Key: "mine/k" }), 60, "")
    const asAdmin = signed.replace(/X-Amz-Credential=[^%]+/, "X-Amz-Credential=AKIAADMIN")
    expect((await fetch(asAdmin)).status).toBe(200)
    expect((await fetch(asAdmin, { headers: { origin: "https://evil.example" } })).status).toBe(403)
    const header = await cloud.raw("GET", "/lake/mine/k", { origin: "https://evil.example" })
    expect([header.status, await header.text()]).toEqual([
      403,
      expect.stringContaining("may be called from a page of another origin"),
    ])
  })
})

describe("what is not simulated", () => {
  test.each([
    "GET /lake?acl",
    "PUT /lake?cors",
    "PUT /lake?notification",
    "GET /lake/k?torrent",
    "POST /lake/k?select&select-type=2",
    "POST /lake/k?restore",
    "PUT /lake?policy",
    "DELETE /lake?lifecycle",
    "POST /",
    "PUT /lake/mine/k?renameObject",
  ])("%s is refused by name", async (line) => {
    const [method, path] = line.split(" ") as [string, string]
    const answer = await cloud.raw(method, path, {}, method === "GET" ? undefined : "x")
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringMatching(/NOT_SIMULATED: s3\.(GET|PUT|POST|DELETE) /),
    ])
  })

  test("errors are S3's XML, with what they are about", async () => {
    const answer = await cloud.raw("GET", "/lake/missing%20%26%20gone")
    const text = await answer.text()
    expect(text).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchKey<\/Code><Message>The specified key does not exist.<\/Message><Key>missing &amp; gone<\/Key>/,
    )
    expect(text).toContain(`<RequestId>${answer.headers.get("x-amz-request-id")}</RequestId>`)
    expect((await refusal(cloud.client().send(new GetObjectCommand({ Bucket: "none-such", Key: "k" })))).BucketName).toBe(
      "none-such",
    )
  })
})
