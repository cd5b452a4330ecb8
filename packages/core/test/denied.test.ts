import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { payloadOf } from "../src/callbacks.ts"
import * as Connection from "../src/connection/index.ts"
import { postEach } from "../src/connection/post.ts"
import { documentClient, PutCommand } from "../src/dynamo/index.ts"
import { toAppError } from "../src/error.ts"
import { postAll } from "../src/fan-out/post.ts"
import { put } from "../src/ingest/put.ts"
import { objectClient, PutObjectCommand } from "../src/s3/index.ts"
import { kinesis } from "../src/sdk.ts"
import { queueClient, SendMessageCommand } from "../src/sqs/index.ts"
import { answering, ENVIRONMENT } from "./answering.ts"

/** As AWS words it: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
const message = (action: string, resource: string) =>
  `User: arn:aws:sts::123456789012:assumed-role/SomeRole/some-function is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`
const ARN = "arn:aws:any:us-east-1:123456789012:thing"

const world = await answering((response, { headers, url }) => {
  const target = String(headers["x-amz-target"] ?? "")
  const text = message(target === "" ? "execute-api:ManageConnections" : "any:Action", ARN)
  if (url.startsWith("/bucket")) response.writeHead(403).end(`<Error><Code>AccessDenied</Code><Message>${text}</Message></Error>`)
  else
    response
      .writeHead(target === "" ? 403 : 400, { "content-type": "application/json" })
      .end(JSON.stringify({ __type: "AccessDeniedException", message: text }))
})

let told: Record<string, unknown>[] = []
beforeAll(() => {
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: world.url, CONNECTION_TABLE: "connections" })
  vi.spyOn(console, "log").mockImplementation((line: string) => {
    const logged = JSON.parse(line) as Record<string, unknown>
    if (logged.message === "call was denied") told.push(logged)
  })
})
beforeEach(() => {
  told = []
  world.asked.length = 0
})
afterAll(async () => {
  vi.restoreAllMocks()
  for (const name of [...Object.keys(ENVIRONMENT), "AWS_ENDPOINT_URL", "CONNECTION_TABLE"]) delete process.env[name]
  await world.stop()
})

const codeOf = async (run: Promise<unknown>): Promise<string | undefined> =>
  run.then(
    () => undefined,
    (thrown: unknown) => toAppError(thrown).code,
  )
const seen = { level: "error", role: "SomeRole", action: expect.any(String), resource: ARN }

test("each client asks once, tells the log role, action and resource, and its caller hears of a denial", async () => {
  const calls = [
    () => documentClient(2_000).send(new PutCommand({ TableName: "t", Item: { pk: "x" } })),
    () => queueClient(2_000).send(new SendMessageCommand({ QueueUrl: "https://sqs/q", MessageBody: "x" })),
    () => objectClient(2_000).send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "x" })),
  ]
  for (const call of calls) {
    told = []
    world.asked.length = 0
    expect(await codeOf(call())).toBe("internal.denied")
    expect([world.asked.length, told]).toEqual([1, [expect.objectContaining(seen)]])
  }
})

test("a stream that denies is asked once, by the SDK and by us", async () => {
  const send = vi.spyOn(kinesis(), "send").mockRejectedValue(Object.assign(new Error("no"), { name: "AccessDeniedException" }))
  const started = performance.now()
  const { failed } = await put(
    "concerts",
    Array.from({ length: 3 }, (_, index) => ({ index, key: "k", bytes: new Uint8Array(1) })),
  )
  expect(failed.map(({ code }) => code)).toEqual(["internal.denied", "internal.denied", "internal.denied"])
  expect(send).toHaveBeenCalledTimes(1)
  expect(performance.now() - started).toBeLessThan(1_000)
})

test("frames that may not be posted are no frames that were lost: their sender hears of it, and the rest are not tried", async () => {
  const readers = Array.from({ length: 500 }, (_, n) => ({ connectionId: `c${n}`, userId: `u${n}` }))
  const frames = [{ text: JSON.stringify({ type: "notice" }) }]
  expect(await codeOf(postAll("rom_x", readers, frames))).toBe("internal.denied")
  expect(world.asked.length).toBeLessThanOrEqual(64)
  expect(told[0]).toMatchObject({ ...seen, action: "execute-api:ManageConnections" })
  world.asked.length = 0
  const open = readers.map((ref) => ({ ...ref, connectedAt: 0 }))
  expect(await codeOf(postEach(open, payloadOf("{}"), 16))).toBe("internal.denied")
  expect(world.asked.length).toBeLessThanOrEqual(16)
})

test("a socket that may not be closed is not taken for closed", async () => {
  expect(await codeOf(Connection.close({ connectionId: "c1", userId: "u1" }))).toBe("internal.denied")
  // Its row stays: nothing but the socket was asked.
  expect(world.asked.map(({ method, url }) => `${method} ${url}`)).toEqual(["DELETE /@connections/c1"])
})
