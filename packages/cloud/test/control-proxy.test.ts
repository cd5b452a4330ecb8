import { createServer, type IncomingMessage, request as httpRequest, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, expect, test } from "vitest"
import { cloudFront } from "../src/gateway/distribution-types.ts"
import { startDistributions } from "../src/gateway/distribution.ts"
import type { Gateway } from "../src/gateway/gateway.ts"
import { s3 } from "../src/services/s3/index.ts"
import { type GatewayCloud, gatewayCloud, resource } from "./support/gateway-cloud.ts"

const BUCKET = "console-bucket"
let world: GatewayCloud
let gateway: Gateway
let control: Server
let url: string
/** What arrived at the AWS address, with its body. */
const arrived: { method?: string; url?: string; headers: IncomingMessage["headers"]; body: string }[] = []
let hungUp = 0

beforeAll(async () => {
  control = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      arrived.push({
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      })
      if (request.url === "/_local/calls/tail") {
        response.writeHead(200, { "content-type": "text/event-stream" })
        response.write("data: 1\n\n")
        response.once("close", () => hungUp++)
        return
      }
      const refused = request.headers.origin?.startsWith("http://127.0.0.1") === false
      response.writeHead(refused ? 403 : 200, { "content-type": "application/json", "cache-control": "public" })
      response.end('{"ok":true}')
    })
  })
  await new Promise<void>((resolve) => control.listen(0, "127.0.0.1", resolve))
  const awsUrl = `http://127.0.0.1:${(control.address() as AddressInfo).port}`
  world = await gatewayCloud([s3(), cloudFront()], () => [
    resource("AWS::S3::Bucket", {}, BUCKET, {}, `arn:aws:s3:::${BUCKET}`),
    resource(
      "AWS::CloudFront::Distribution",
      {
        DistributionConfig: {
          Enabled: true,
          Origins: [{ Id: "o", DomainName: `${BUCKET}.s3.us-east-1.amazonaws.com` }],
          DefaultCacheBehavior: { TargetOriginId: "o" },
        },
      },
      "EDISTRIBUTION1",
    ),
  ])
  gateway = await startDistributions({ ...world.cloud, awsUrl })
  url = gateway.urls.EDISTRIBUTION1!
})
afterAll(async () => {
  await gateway.stop()
  await world.stop()
  control.closeAllConnections()
  await new Promise((resolve) => control.close(resolve))
})

test("what the console asks below /_local reaches the control surface with method, query, body and Origin", async () => {
  const response = await fetch(`${url}/_local/clock?x=1`, { method: "POST", headers: { origin: url }, body: '{"advanceMs":1}' })
  expect([response.status, response.headers.get("cache-control"), await response.json()]).toEqual([200, "no-store", { ok: true }])
  expect(arrived.at(-1)).toMatchObject({
    method: "POST",
    url: "/_local/clock?x=1",
    headers: { origin: url, host: expect.not.stringContaining(new URL(url).port) },
    body: '{"advanceMs":1}',
  })
})

test("a page of another origin is refused by the control surface itself", async () => {
  expect((await fetch(`${url}/_local/clock`, { method: "POST", headers: { origin: "https://evil.test" } })).status).toBe(403)
})

test("a name that was pointed at loopback never gets that far", async () => {
  const before = arrived.length
  const status = await new Promise((resolve) =>
    httpRequest(`${url}/_local/resources`, { headers: { host: "evil.test" } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    }).end(),
  )
  expect([status, arrived.length]).toEqual([301, before])
})

test("a tail arrives piece by piece and ends when its reader leaves", async () => {
  const leave = new AbortController()
  const response = await fetch(`${url}/_local/calls/tail`, { signal: leave.signal })
  const { value } = await response.body!.getReader().read()
  expect([response.headers.get("content-type"), Buffer.from(value!).toString()]).toEqual(["text/event-stream", "data: 1\n\n"])
  leave.abort()
  await expect.poll(() => hungUp).toBe(1)
})
