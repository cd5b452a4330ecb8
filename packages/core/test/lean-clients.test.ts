import {
  DeleteObjectCommand as SdkDelete,
  GetObjectCommand as SdkGet,
  ListObjectsV2Command as SdkList,
  PutObjectCommand as SdkPut,
  S3Client,
} from "@aws-sdk/client-s3"
import { SendMessageBatchCommand as SdkBatch, SendMessageCommand as SdkSend, SQSClient } from "@aws-sdk/client-sqs"
import * as fc from "fast-check"
import { afterAll, beforeAll, expect, test } from "vitest"
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, objectClient, PutObjectCommand } from "../src/s3/index.ts"
import { hashOf, signer } from "../src/signature.ts"
import { queueClient, SendMessageBatchCommand, SendMessageCommand } from "../src/sqs/index.ts"
import { type Asked, answering, ENVIRONMENT } from "./answering.ts"

let answer = { status: 200, type: "application/xml", body: "" }
const world = await answering((response) => {
  response.writeHead(answer.status, { "content-type": answer.type }).end(answer.body)
})
const { AWS_REGION: region, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = ENVIRONMENT
const credentials = {
  accessKeyId: AWS_ACCESS_KEY_ID,
  secretAccessKey: AWS_SECRET_ACCESS_KEY,
  sessionToken: AWS_SESSION_TOKEN,
}
const settings = { region, credentials, endpoint: world.url, maxAttempts: 1 }
const sdkS3 = new S3Client({ ...settings, requestChecksumCalculation: "WHEN_REQUIRED", forcePathStyle: true })
const sdkSqs = new SQSClient({ ...settings, md5: false as never })
const s3 = objectClient(5_000)
const sqs = queueClient(5_000)

beforeAll(() => void Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: world.url }))
afterAll(async () => {
  for (const name of [...Object.keys(ENVIRONMENT), "AWS_ENDPOINT_URL"]) delete process.env[name]
  for (const client of [sdkS3, sdkSqs, s3, sqs]) client.destroy()
  await world.stop()
})

/** Parameters in any order; `x-id` tells S3's own log which operation it was. */
function wire({ method, url, body }: Asked) {
  const { pathname } = new URL(url.replace(/\?.*/, ""), world.url)
  const [path, query = ""] = url.split("?")
  expect(decodeURI(pathname)).toBeTypeOf("string")
  const parameters = query.split("&").filter((parameter) => parameter && !parameter.startsWith("x-id="))
  return { method, path, parameters: parameters.sort(), body }
}

/** Signed anew from what arrived; S3 encodes paths once. */
function expectSigned(service: "s3" | "sqs", { method, url, headers, body }: Asked): void {
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization!)![1]!.split(";")
  const own = Object.fromEntries(names.map((name) => [name, headers[name] as string]))
  const [path = "", query = ""] = url.split("?")
  const at = Date.parse(
    (headers["x-amz-date"] as string).replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, "$1-$2-$3T$4:$5:$6Z"),
  )
  const parts = { method, host: headers.host!, path, query: sorted(query), headers: own, bodyHash: hashOf(body) }
  expect(signer(service, region, credentials)(parts, at).authorization).toBe(headers.authorization)
}
const sorted = (query: string): string =>
  query
    .split("&")
    .filter(Boolean)
    .map((parameter) => (parameter.includes("=") ? parameter : `${parameter}=`))
    .sort()
    .join("&")

/** What either client asked, and what it got or met. */
async function askedBy(send: () => Promise<unknown>) {
  world.asked.length = 0
  const got = await send().catch((thrown: any) => {
    /** Only what the service said is compared; what fell over in a client is a failure of the test. */
    if (thrown.$metadata?.httpStatusCode === undefined) throw thrown
    return { name: thrown.name, message: thrown.message, status: thrown.$metadata.httpStatusCode }
  })
  expect(world.asked).toHaveLength(1)
  return { asked: world.asked[0]!, got: got as any }
}

const char = fc.constantFrom(..."abz09-_.~!*'() +%&=?#@:;,$/\\é中😀\"<>")
const key = fc
  .string({ minLength: 1, maxLength: 20, unit: char })
  .filter((name) => !name.split("/").some((part) => /^\.{0,2}$/.test(part)))

test("S3 is asked as by the SDK for any key, and the SDK's own signatures come out of ours", async () => {
  answer = { status: 200, type: "application/xml", body: "" }
  const property = fc.asyncProperty(key, fc.string({ minLength: 1, maxLength: 30 }), key, async (Key, Body, ContentType) => {
    const at = { Bucket: "bucket", Key }
    const type = ContentType.replace(/[^ -~]/g, "").trim() || "text/plain"
    const commands = [
      [new SdkPut({ ...at, Body, ContentType: type }), new PutObjectCommand({ ...at, Body, ContentType: type })],
      [new SdkGet({ ...at, Range: "bytes=0-9" }), new GetObjectCommand({ ...at, Range: "bytes=0-9" })],
      [new SdkDelete(at), new DeleteObjectCommand(at)],
      [
        new SdkList({ Bucket: "bucket", Prefix: Key, ContinuationToken: Body, MaxKeys: 7 }),
        new ListObjectsV2Command({ Bucket: "bucket", Prefix: Key, ContinuationToken: Body, MaxKeys: 7 }),
      ],
    ] as const
    for (const [theirs, ours] of commands) {
      const expected = await askedBy(() => sdkS3.send(theirs as never))
      const actual = await askedBy(() => s3.send(ours as never))
      expect(wire(actual.asked)).toEqual(wire(expected.asked))
      for (const name of ["content-type", "range", "x-amz-content-sha256"])
        if (actual.asked.headers[name]) expect(actual.asked.headers[name]).toBe(expected.asked.headers[name])
      expectSigned("s3", expected.asked)
      expectSigned("s3", actual.asked)
    }
  })
  await fc.assert(property, { numRuns: 40 })
})

const escaped = (text: string) =>
  text.replace(
    /[&<>"\r\n]/g,
    (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[one] ?? `&#x${one.charCodeAt(0).toString(16)};`,
  )

test("lists, objects and errors of S3 are read as by the SDK", async () => {
  const token = fc.option(fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(..."ab+/=&<") }), { nil: undefined })
  const property = fc.asyncProperty(fc.array(key, { maxLength: 4 }), token, async (keys, next) => {
    const contents = keys.map((one) => `<Contents><Key>${escaped(one)}</Key><Size>1</Size></Contents>`).join("")
    const more = next ? `<NextContinuationToken>${escaped(next)}</NextContinuationToken>` : ""
    answer = {
      status: 200,
      type: "application/xml",
      body: `<?xml version="1.0"?><ListBucketResult>${contents}${more}</ListBucketResult>`,
    }
    const expected = await askedBy(() => sdkS3.send(new SdkList({ Bucket: "b" })))
    const actual = await askedBy(() => s3.send(new ListObjectsV2Command({ Bucket: "b" })))
    expect(actual.got.Contents?.map((one: any) => one.Key)).toEqual(expected.got.Contents?.map((one: any) => one.Key))
    expect(actual.got.NextContinuationToken).toEqual(expected.got.NextContinuationToken)
  })
  await fc.assert(property, { numRuns: 40 })

  answer = { status: 200, type: "application/octet-stream", body: "any bytes" }
  for (const got of [
    (await askedBy(() => sdkS3.send(new SdkGet({ Bucket: "b", Key: "k" })))).got,
    (await askedBy(() => s3.send(new GetObjectCommand({ Bucket: "b", Key: "k" })))).got,
  ])
    expect(Buffer.from(await got.Body.transformToByteArray()).toString()).toBe("any bytes")

  for (const [status, code] of [
    [404, "NoSuchKey"],
    [404, "NoSuchBucket"],
    [403, "AccessDenied"],
    [416, "InvalidRange"],
  ] as const) {
    answer = { status, type: "application/xml", body: `<Error><Code>${code}</Code><Message>a &amp; b</Message></Error>` }
    const expected = await askedBy(() => sdkS3.send(new SdkGet({ Bucket: "b", Key: "k" })))
    expect((await askedBy(() => s3.send(new GetObjectCommand({ Bucket: "b", Key: "k" })))).got).toEqual(expected.got)
  }
})

test("queues are sent the SDK's messages, answered and refused alike", async () => {
  const text = fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" })
  const property = fc.asyncProperty(text, fc.option(text, { nil: undefined }), async (MessageBody, MessageGroupId) => {
    const one = { QueueUrl: `${world.url}/1/q.fifo`, MessageBody, MessageGroupId, DelaySeconds: 3 }
    answer = { status: 200, type: "application/x-amz-json-1.0", body: '{"MessageId":"m","SequenceNumber":"18"}' }
    const single = [
      await askedBy(() => sdkSqs.send(new SdkSend(one))),
      await askedBy(() => sqs.send(new SendMessageCommand(one))),
    ]
    const Entries = [
      { Id: "0", MessageBody },
      { Id: "1", MessageBody, MessageGroupId, MessageDeduplicationId: "d" },
    ]
    const failed = '{"Failed":[{"Id":"1","Code":"InternalError","SenderFault":false}],"Successful":[{"Id":"0","MessageId":"m"}]}'
    answer = { status: 200, type: "application/x-amz-json-1.0", body: failed }
    const batch = { QueueUrl: one.QueueUrl, Entries }
    const several = [
      await askedBy(() => sdkSqs.send(new SdkBatch(batch))),
      await askedBy(() => sqs.send(new SendMessageBatchCommand(batch))),
    ]
    for (const [expected, actual] of [single, several]) {
      const { $metadata: _, ...got } = expected!.got
      expect(actual!.got).toEqual(got)
      expect(JSON.parse(actual!.asked.body)).toEqual(JSON.parse(expected!.asked.body))
      for (const name of ["content-type", "x-amz-target"]) expect(actual!.asked.headers[name]).toBe(expected!.asked.headers[name])
      expect(actual!.asked.url).toBe(expected!.asked.url)
      expectSigned("sqs", expected!.asked)
      expectSigned("sqs", actual!.asked)
    }
  })
  await fc.assert(property, { numRuns: 40 })
  for (const code of ["QueueDoesNotExist", "InvalidMessageContents", "KmsThrottled"]) {
    answer = { status: 400, type: "application/x-amz-json-1.0", body: `{"__type":"com.amazonaws.sqs#${code}","message":"no"}` }
    const command = { QueueUrl: world.url, MessageBody: "x" }
    const expected = await askedBy(() => sdkSqs.send(new SdkSend(command)))
    expect((await askedBy(() => sqs.send(new SendMessageCommand(command)))).got).toEqual(expected.got)
  }
})
