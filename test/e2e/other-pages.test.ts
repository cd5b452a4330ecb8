import { execFile } from "node:child_process"
import { createServer, type Server } from "node:http"
import { createRequire } from "node:module"
import type { AddressInfo } from "node:net"
import { promisify } from "node:util"
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3"
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs"
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { WebSocket } from "ws"
import type { Product } from "../../packages/start/src/product.ts"
import { browser } from "./chromium.ts"
import { type Attempt, attemptsOnAws, attemptsOnControl } from "./support/attempts.ts"
import { clientOf, resourceOf, startHere } from "./support/cloud.ts"
import { attack } from "./support/other-page.ts"

let local: Product
let chromium: Browser
let site: Server
let port: number
let socket: WebSocket
let ended = false

beforeAll(async () => {
  ;[local, chromium] = await Promise.all([startHere(), browser()])
  site = createServer((_, response) => response.setHeader("content-type", "text/html").end("<!doctype html><body>"))
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve))
  port = (site.address() as AddressInfo).port
  const ticket = await fetch(`${local.addresses.http}/realtime/ticket`, {
    method: "POST",
    headers: { authorization: `Bearer ${await local.token()}`, "content-type": "application/json" },
    body: "{}",
  })
  const { ticket: text, url } = (await ticket.json()) as { ticket: string; url: string }
  socket = new WebSocket(`${url}?ticket=${text}`)
  await new Promise((resolve) => socket.once("open", resolve))
  socket.once("close", () => (ended = true))
}, 180_000)
afterAll(async () => {
  socket?.close()
  await chromium?.close()
  await new Promise((resolve) => site?.close(resolve))
  await local?.stop()
})

/** As much of version 2 of the SDK as is called here. SST brings it, nothing of ours depends on it. */
type Two = Record<
  "SQS" | "SNS" | "S3",
  new (settings: object) => Record<string, (input: object) => { promise(): Promise<Record<string, unknown>> }> & {
    getSignedUrl(operation: string, input: object): string
  }
>
const two = createRequire(createRequire(import.meta.url).resolve("sst/package.json"))("aws-sdk") as Two

const control = async (path: string) => (await fetch(`${local.addresses.aws}/_local/${path}`)).json() as Promise<any>

/** What the administrator did: calls that an engine got to see, whether it liked them or not. */
const done = (since: number) =>
  local.cloud.calls
    .since(since, 100_000, ({ caller, operation, status, decision, access }) => {
      // The product itself asks with people's own tokens who is still welcome, unsigned.
      return caller === "admin" && operation !== "GetUser" && (status < 400 || (decision === "allow" && access.length > 0))
    })
    .map(({ service, operation, status }) => `${service}.${operation} ${status}`)

/** Everything that a page could have moved: what is stored, what waits, what goes wrong, what time it is. */
async function standing() {
  const { s3, sqs, sns, cognito, dynamodb } = await control("state")
  const { items } = await control("faults")
  const clock = await control("clock")
  // Its age goes on by itself.
  const waiting = sqs.map((queue: object) => ({ ...queue, oldestMs: undefined }))
  const minutesAhead = Math.floor((clock.now - Date.now() + 30_000) / 60_000)
  return { s3, waiting, sns, cognito, tables: dynamodb.tables, faults: items, minutesAhead, ended }
}

/** A page of another port of this machine is of the same site, one of another name is not. */
const pages = () => [`http://127.0.0.1:${port}`, `http://localhost:${port}`]

async function attackFrom(address: string, attempts: Attempt[]): Promise<number> {
  const page = await chromium.newPage()
  await page.goto(address)
  const made = await page.evaluate(attack, attempts)
  // Beacons are sent when the browser has time.
  await page.waitForTimeout(500)
  await page.close()
  return made
}

it("no page of another origin has any operation of AWS done, whatever it sends", { timeout: 300_000 }, async () => {
  const attempts = attemptsOnAws(local)
  expect(attempts.length).toBeGreaterThan(100)
  const before = await standing()
  const since = local.cloud.calls.since(0, 100_000).at(-1)!.n
  let made = 0
  made += await attackFrom(pages()[1]!, attempts)
  // What a form can say at all, once more from a page of the same site.
  made += await attackFrom(
    pages()[0]!,
    attempts.filter(({ what }) => /^(sqs|sns|s3|sts|cloudformation)\./.test(what)),
  )
  const effects = done(since)
  console.log(`${attempts.length} operations, ${made} requests of two pages: ${effects.length} took effect`)
  expect(effects).toEqual([])
  expect(await standing()).toEqual(before)
})

it(
  "no page of another origin moves anything below /_local, at the AWS address or through the console's",
  { timeout: 180_000 },
  async () => {
    const before = await standing()
    let made = 0
    let routes = 0
    for (const atConsole of [false, true]) {
      const attempts = await attemptsOnControl(local, atConsole)
      expect(attempts.filter(({ what }) => !what.startsWith("GET")).length).toBeGreaterThan(5)
      routes = attempts.length
      for (const address of pages()) made += await attackFrom(address, attempts)
    }
    console.log(`${routes} routes, ${made} requests of two pages`)
    expect(await standing()).toEqual(before)
  },
)

it("a page that somebody uploaded is no page of the product, though the AWS address serves it", async () => {
  const client = new S3Client({ ...clientOf(local), forcePathStyle: true })
  const Bucket = resourceOf(local, "AWS::S3::Bucket", "LakeBucket").identity.ref
  await client.send(new PutObjectCommand({ Bucket, Key: "page.html", Body: "<!doctype html><body>", ContentType: "text/html" }))
  const before = await standing()
  const since = local.cloud.calls.since(0, 100_000).at(-1)!.n
  const page = await chromium.newPage()
  // As the page of a signed link would stand there.
  await page.route(`${local.addresses.aws}/${Bucket}/page.html`, (route) =>
    route.fulfill({ contentType: "text/html", body: "<!doctype html><body>" }),
  )
  await page.goto(`${local.addresses.aws}/${Bucket}/page.html`)
  expect(await page.evaluate(() => location.origin)).toBe(local.addresses.aws)
  const some = attemptsOnAws(local).filter(({ what }) => /^(sqs\.Send|sns\.Pub|s3\.Put|ssm\.|dynamodb\.Put)/.test(what))
  const made = await page.evaluate(attack, [...some, ...(await attemptsOnControl(local, false))])
  expect(made).toBeGreaterThan(50)
  await page.close()
  expect(done(since)).toEqual([])
  expect(await standing()).toEqual(before)
})

it("the console's own page goes on: it signs in, reads and moves the control surface", async () => {
  const page = await chromium.newPage()
  await page.goto(local.addresses.console)
  const { email, password } = local.users[0]!
  await page.getByTestId("sign-in-email").fill(email)
  await page.getByTestId("sign-in-password").fill(password)
  await page.getByTestId("sign-in-submit").click()
  await page.getByTestId("sign-in-submit").waitFor({ state: "detached" })
  const answers = await page.evaluate(async () => {
    const read = await fetch("/_local/clock")
    const moved = await fetch("/_local/faults", { method: "POST", body: "[]", headers: { "content-type": "application/json" } })
    const removed = await fetch("/_local/faults", { method: "DELETE" })
    return [read.status, moved.status, removed.status]
  })
  expect(answers.map((status) => Math.floor(status / 100))).toEqual([2, expect.any(Number), 2])
  expect(answers[1]).not.toBe(403)
  await page.close()
})

it("three SDKs call it without settings of their own: version 3, version 2, and plain signed HTTP as the AWS CLI sends it", async () => {
  const queue = resourceOf(local, "AWS::SQS::Queue", "LoadQueueDead").identity.attributes.QueueName
  const QueueUrl = `${local.addresses.aws}/${local.cloud.account}/${queue}`
  const depth = async () => {
    const { Attributes } = await new SQSClient(clientOf(local)).send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
    )
    return Number(Attributes!.ApproximateNumberOfMessages)
  }
  const before = await depth()
  // Version 3.
  await new SQSClient(clientOf(local)).send(new SendMessageCommand({ QueueUrl, MessageBody: "three" }))
  const { Arn } = await new STSClient(clientOf(local)).send(new GetCallerIdentityCommand({}))
  expect(Arn).toBe("arn:aws:iam::000000000000:user/administrator")
  const s3 = new S3Client({ ...clientOf(local), forcePathStyle: true })
  await s3.send(new CreateBucketCommand({ Bucket: "from-three" }))
  await s3.send(new PutObjectCommand({ Bucket: "from-three", Key: "k", Body: "v" }))
  // Version 2, which SST brings along.
  const settings = clientOf(local)
  await new two.SQS(settings).sendMessage!({ QueueUrl, MessageBody: "two" }).promise()
  const { TopicArn } = await new two.SNS(settings).createTopic!({ Name: "from-two" }).promise()
  await new two.SNS(settings).publish!({ TopicArn, Message: "two" }).promise()
  const objects = new two.S3({ ...settings, s3ForcePathStyle: true, signatureVersion: "v4" })
  expect(String((await objects.getObject!({ Bucket: "from-three", Key: "k" }).promise()).Body)).toBe("v")
  const link = objects.getSignedUrl("getObject", { Bucket: "from-three", Key: "k" })
  expect(await (await fetch(link)).text()).toBe("v")
  // The CLI's manner: a form by POST, and by GET, signed in the Authorization header.
  const curl = async (service: string, ...more: string[]) => {
    const scope = ["--aws-sigv4", `aws:amz:us-east-1:${service}`, "--user", "x:y"]
    return (await promisify(execFile)("curl", ["-sf", "-A", "aws-cli/1.45.11", "--max-time", "20", ...scope, ...more])).stdout
  }
  const { aws } = local.addresses
  expect(await curl("sts", `${aws}/`, "-d", "Action=GetCallerIdentity&Version=2011-06-15")).toContain("user/administrator")
  expect(await curl("sqs", QueueUrl, "-d", "Action=SendMessage&Version=2012-11-05&MessageBody=form")).toContain("<MessageId>")
  expect(await curl("sqs", `${QueueUrl}?Action=SendMessage&Version=2012-11-05&MessageBody=get`)).toContain("<MessageId>")
  expect(await curl("sns", `${aws}/?Action=ListTopics&Version=2010-03-31`)).toContain("from-two")
  expect(await depth()).toBe(before + 4)
  const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket: "from-three" }))
  expect(KeyCount).toBe(1)
  expect(await (await s3.send(new GetObjectCommand({ Bucket: "from-three", Key: "k" }))).Body!.transformToString()).toBe("v")
})
