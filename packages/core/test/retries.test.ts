import { DynamoDBClient } from "@aws-sdk/client-dynamodb"
import { S3Client, GetObjectCommand as SdkGetObject } from "@aws-sdk/client-s3"
import { SendMessageCommand as SdkSendMessage, SQSClient } from "@aws-sdk/client-sqs"
import { DynamoDBDocumentClient, GetCommand as SdkGet } from "@aws-sdk/lib-dynamodb"
import * as fc from "fast-check"
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest"
import { documentClient, GetCommand } from "../src/dynamo/index.ts"
import { GetObjectCommand, objectClient } from "../src/s3/index.ts"
import { queueClient, SendMessageCommand } from "../src/sqs/index.ts"
import { answering, ENVIRONMENT } from "./answering.ts"

/** What our clients waited between attempts; they do not, here. */
const waits = vi.hoisted((): number[] => [])
vi.mock("node:timers/promises", () => ({ setTimeout: async (ms: number) => void waits.push(ms) }))

interface Step {
  status: number
  code: string
  headers?: Record<string, string>
}

let script: Step[] = []
const world = await answering((response) => {
  const { status, code, headers } = script.shift() ?? { status: 200, code: "" }
  const json = JSON.stringify({ __type: `com.example#${code}`, message: `about ${code}` })
  const body = status === 200 ? "{}" : isXml ? `<Error><Code>${code}</Code><Message>about ${code}</Message></Error>` : json
  response.writeHead(status, { "content-type": isXml ? "application/xml" : "application/x-amz-json-1.0", ...headers }).end(body)
})
let isXml = false

const key = { accessKeyId: ENVIRONMENT.AWS_ACCESS_KEY_ID, secretAccessKey: ENVIRONMENT.AWS_SECRET_ACCESS_KEY }
const settings = { region: "us-east-1", credentials: key, endpoint: world.url, maxAttempts: 4 }

interface Client<C> {
  send(command: C): Promise<unknown>
  destroy(): void
}
const using = <C>(client: Client<C>, command: C) => ({ ours: () => client.send(command), stop: () => client.destroy() })

/** Fresh clients: their buckets of retry tokens are full. */
const pairs = {
  dynamodb: () => ({
    sdk: () => DynamoDBDocumentClient.from(new DynamoDBClient(settings)).send(new SdkGet({ TableName: "t", Key: { pk: "a" } })),
    ...using(documentClient(5_000), new GetCommand({ TableName: "t", Key: { pk: "a" } })),
  }),
  sqs: () => ({
    sdk: () =>
      new SQSClient({ ...settings, md5: false as never }).send(new SdkSendMessage({ QueueUrl: world.url, MessageBody: "x" })),
    ...using(queueClient(5_000), new SendMessageCommand({ QueueUrl: world.url, MessageBody: "x" })),
  }),
  s3: () => ({
    sdk: () => new S3Client({ ...settings, forcePathStyle: true }).send(new SdkGetObject({ Bucket: "b", Key: "k" })),
    ...using(objectClient(5_000), new GetObjectCommand({ Bucket: "b", Key: "k" })),
  }),
}

beforeAll(() => void Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: world.url }))
afterEach(() => void vi.restoreAllMocks())
afterAll(async () => {
  for (const name of [...Object.keys(ENVIRONMENT), "AWS_ENDPOINT_URL"]) delete process.env[name]
  await world.stop()
})

interface Outcome {
  attempts: string[]
  error?: { name: string; message: string; status?: number; attempts?: number }
}

async function outcomeOf(steps: readonly Step[], send: () => Promise<unknown>): Promise<Outcome> {
  script = [...steps]
  world.asked.length = 0
  const error = await send().then(
    () => undefined,
    (thrown) => ({
      name: thrown.name as string,
      message: thrown.message as string,
      status: thrown.$metadata?.httpStatusCode,
      attempts: thrown.$metadata?.attempts,
    }),
  )
  return { attempts: world.asked.map(({ headers }) => headers["amz-sdk-request"] as string), error }
}

const refusal = fc.constantFrom(
  ["ThrottlingException", 400],
  ["ProvisionedThroughputExceededException", 400],
  ["RequestLimitExceeded", 400],
  ["TransactionInProgressException", 400],
  ["LimitExceededException", 400],
  ["RequestThrottled", 403],
  ["TooManyRequestsException", 429],
  ["Anything", 429],
  ["SlowDown", 503],
  ["ServiceUnavailable", 503],
  ["InternalServerError", 500],
  ["InternalError", 500],
  ["NotImplemented", 501],
  ["RequestTimeout", 400],
  ["ConditionalCheckFailedException", 400],
  ["TransactionCanceledException", 400],
  ["TransactionConflictException", 400],
  ["ResourceNotFoundException", 400],
  ["ValidationException", 400],
  ["AccessDeniedException", 403],
  ["InvalidSignatureException", 403],
  ["NoSuchKey", 404],
  ["PreconditionFailed", 412],
) as fc.Arbitrary<[string, number]>
const steps = fc.array(
  refusal.map(([code, status]) => ({ code, status })),
  { minLength: 1, maxLength: 5 },
)

test.each(["dynamodb", "sqs", "s3"] as const)(
  "%s is tried again as often as by the SDK, and fails with the same error",
  async (service) => {
    vi.spyOn(Math, "random").mockReturnValue(0)
    isXml = service === "s3"
    const property = fc.asyncProperty(steps, async (all) => {
      const { sdk, ours, stop } = pairs[service]()
      const theirs = await outcomeOf(all, sdk)
      expect(await outcomeOf(all, ours)).toEqual(theirs)
      stop()
    })
    await fc.assert(property, { numRuns: 60 })
  },
)

/** The SDK's pauses are timers among those that bound its calls. */
const BOUNDS = new Set([0, 1_000, 3_000])

async function pausesOfSdk(plan: readonly Step[], send: () => Promise<unknown>): Promise<number[]> {
  const pauses: number[] = []
  const real = globalThis.setTimeout
  const spy = vi.spyOn(globalThis, "setTimeout").mockImplementation(((run: () => void, ms = 0) => {
    if (BOUNDS.has(ms)) return real(run, ms)
    pauses.push(ms)
    return real(run, 0)
  }) as never)
  await outcomeOf(plan, send)
  spy.mockRestore()
  return pauses
}

test("pauses are the SDK's, for throttles, failures and where the service says how long", async () => {
  isXml = false
  const hinted = { "x-amz-retry-after": "1234" }
  const plans: Step[][] = [
    Array.from({ length: 4 }, () => ({ status: 500, code: "InternalServerError" })),
    Array.from({ length: 4 }, () => ({ status: 400, code: "ThrottlingException" })),
    [
      { status: 503, code: "ServiceUnavailable", headers: hinted },
      { status: 400, code: "ThrottlingException", headers: { "x-amz-retry-after": "60000" } },
    ],
  ]
  vi.spyOn(Math, "random").mockReturnValue(0.9)
  for (const service of ["dynamodb", "sqs"] as const)
    for (const plan of plans) {
      const { sdk, ours, stop } = pairs[service]()
      const theirs = await pausesOfSdk(plan, sdk)
      expect(theirs.length).toBeGreaterThan(1)
      waits.length = 0
      await outcomeOf(plan, ours)
      // The SDK makes a moment of what the service says, and a pause of the moment: milliseconds pass in between.
      expect(waits.length).toBe(theirs.length)
      for (const [n, wait] of waits.entries()) expect(Math.abs(wait - theirs[n]!)).toBeLessThanOrEqual(20)
      stop()
    }
})

test("a service that stays down is soon asked once a call, not four times, and again when it recovers", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0)
  isXml = false
  const { ours, stop } = pairs.dynamodb()
  const broken = Array.from({ length: 4 }, () => ({ status: 500, code: "InternalServerError" }))
  const attempts = async (of: Step[]) => (await outcomeOf(of, ours)).attempts.length
  const calls: number[] = []
  for (let call = 0; call < 20; call++) calls.push(await attempts(broken))
  expect(calls[0]).toBe(4)
  expect(calls.at(-1)).toBe(1)
  for (let call = 0; call < 14; call++) await attempts([])
  expect(await attempts(broken)).toBe(2)
  stop()
})
