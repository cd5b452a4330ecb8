import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { request as httpRequest } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { bucketDeployment } from "../src/gateway/bucket-deployment.ts"
import { startDistributions } from "../src/gateway/distribution.ts"
import type { Gateway } from "../src/gateway/gateway.ts"
import { s3 } from "../src/services/s3/index.ts"
import { ACCOUNT, type GatewayCloud, gatewayCloud, resource } from "./support/gateway-cloud.ts"

const BUCKET = "console-bucket"
const ID = "EDISTRIBUTION1"
const ARN = `arn:aws:cloudfront::${ACCOUNT}:distribution/${ID}`
const BIG = `console.log("é");${"x".repeat(5_000)}`
let folder: string
let world: GatewayCloud
let gateway: Gateway
let url: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "distribution-"))
  await mkdir(join(folder, "site/assets"), { recursive: true })
  await mkdir(join(folder, "config"))
  await writeFile(join(folder, "site/index.html"), "<!doctype html><title>Backline</title>")
  await writeFile(join(folder, "site/assets/app.js"), BIG)
  await writeFile(join(folder, "site/assets/a b+c.png"), Buffer.from([137, 80, 78, 71, 0, 255]))
  await writeFile(join(folder, "config/config.json"), '{"http":<<marker:0xbaba:0>>}')
  const statement = {
    Effect: "Allow",
    Principal: { Service: "cloudfront.amazonaws.com" },
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${BUCKET}/*`,
    Condition: { StringEquals: { "AWS:SourceArn": ARN } },
  }
  world = await gatewayCloud([s3(), bucketDeployment({ assetFolder: (key) => join(folder, key.replace(".zip", "")) })], () => [
    resource("AWS::S3::Bucket", {}, BUCKET, {}, `arn:aws:s3:::${BUCKET}`),
    resource("AWS::S3::BucketPolicy", { Bucket: BUCKET, PolicyDocument: { Statement: [statement] } }),
    resource("Custom::CDKBucketDeployment", {
      SourceObjectKeys: ["site.zip", "config.zip"],
      SourceMarkers: [{}, { "<<marker:0xbaba:0>>": '"http://127.0.0.1:1/é"' }],
      DestinationBucketName: BUCKET,
      SystemMetadata: { "cache-control": "no-cache" },
      Prune: true,
    }),
    resource(
      "AWS::CloudFront::ResponseHeadersPolicy",
      {
        ResponseHeadersPolicyConfig: {
          SecurityHeadersConfig: {
            ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'self'; frame-ancestors 'none'", Override: true },
            ContentTypeOptions: { Override: true },
            FrameOptions: { FrameOption: "DENY", Override: true },
            ReferrerPolicy: { ReferrerPolicy: "no-referrer", Override: true },
            StrictTransportSecurity: { AccessControlMaxAgeSec: 31536000, IncludeSubdomains: true, Override: true },
          },
          CustomHeadersConfig: { Items: [{ Header: "Permissions-Policy", Value: "camera=()", Override: true }] },
        },
      },
      "policy1",
    ),
    resource(
      "AWS::CloudFront::Distribution",
      {
        DistributionConfig: {
          Enabled: true,
          DefaultRootObject: "index.html",
          Origins: [{ Id: "o", DomainName: `${BUCKET}.s3.us-east-1.amazonaws.com` }],
          DefaultCacheBehavior: { TargetOriginId: "o", Compress: true, ResponseHeadersPolicyId: "policy1" },
          CustomErrorResponses: [{ ErrorCode: 403, ResponseCode: 200, ResponsePagePath: "/index.html" }],
        },
      },
      ID,
      {},
      ARN,
    ),
  ])
  gateway = await startDistributions(world.cloud)
  url = gateway.urls[ID]!
})
afterAll(async () => {
  await gateway.stop()
  await world.stop()
  await rm(folder, { recursive: true })
})

test("the root object comes with its type and every header of the policy", async () => {
  const response = await fetch(url)
  expect(await response.text()).toContain("Backline")
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "text/html",
    "cache-control": "no-cache",
    "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "permissions-policy": "camera=()",
  })
})

test("a page of the console that is no file gets the index, and so do names that try to leave the bucket", async () => {
  for (const path of ["/rooms/rom_1", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd"]) {
    const response = await fetch(url + path)
    expect([path, response.status, await response.text()]).toEqual([path, 200, expect.stringContaining("Backline")])
    expect(response.headers.get("content-security-policy")).toBeTruthy()
  }
})

test("text is compressed for who takes it, and an unchanged one answered 304", async () => {
  const packed = await fetch(`${url}/assets/app.js`)
  expect([packed.headers.get("content-encoding"), packed.headers.get("content-type"), await packed.text()]).toEqual([
    "gzip",
    "text/javascript",
    BIG,
  ])
  const etag = packed.headers.get("etag")!
  expect(etag).toMatch(/^W\/"/)
  expect((await fetch(`${url}/assets/app.js`, { headers: { "if-none-match": etag } })).status).toBe(304)
  const plain = await fetch(`${url}/assets/app.js`, { headers: { "accept-encoding": "identity" } })
  expect([plain.headers.get("content-encoding"), plain.headers.get("vary")]).toEqual([null, "accept-encoding"])
  const image = await fetch(`${url}/assets/a%20b%2Bc.png`)
  expect([image.headers.get("content-type"), Buffer.from(await image.arrayBuffer()).toString("hex")]).toEqual([
    "image/png",
    "89504e4700ff",
  ])
})

test("deploy-time values stand where the template put markers", async () => {
  const response = await fetch(`${url}/config.json`)
  expect([response.headers.get("content-type"), await response.json()]).toEqual([
    "application/json",
    { http: "http://127.0.0.1:1/é" },
  ])
})

test("a request under another name is sent to the console's own address", async () => {
  const port = new URL(url).port
  const response = await new Promise<[number | undefined, string | undefined]>((resolve) =>
    httpRequest({ host: "127.0.0.1", port, path: "/a?b=1", headers: { host: `localhost:${port}` } }, (answer) => {
      answer.resume()
      resolve([answer.statusCode, answer.headers.location])
    }).end(),
  )
  expect(response).toEqual([301, `${url}/a?b=1`])
})

test("only reading is allowed", async () => {
  expect((await fetch(url, { method: "POST", body: "x" })).status).toBe(403)
  expect((await fetch(url, { method: "HEAD" })).status).toBe(200)
})

/** As it is written: fetch and browsers mend half of these before they ask. */
const raw = (path: string) =>
  new Promise<{ status: number | undefined; policy: string | undefined }>((resolve, reject) =>
    httpRequest({ host: "127.0.0.1", port: new URL(url).port, path }, (answer) => {
      answer.resume()
      resolve({ status: answer.statusCode, policy: answer.headers["content-security-policy"]?.toString() })
    })
      .once("error", reject)
      .end(),
  )

test.each(["/%", "/%E0%A4", "/%00", "/a/%c0%af", "/%ED%A0%80", "/%zz/b"])(
  "an address that names no object is answered 400 under the headers of the policy: %s",
  async (path) => {
    expect(await raw(path)).toEqual({ status: 400, policy: expect.stringContaining("default-src") })
  },
)

test("an address that looks like another host is a page of this one", async () => {
  for (const path of ["//", "//[x]/y", "///a", "/@b:c"])
    expect([path, await raw(path)]).toEqual([path, { status: 200, policy: expect.any(String) }])
})
