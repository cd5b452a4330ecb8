import { afterAll, beforeAll, expect, test } from "vitest"
import { dynamo, sqs } from "../../core/src/aws.ts"
import { GetCommand } from "../../core/src/dynamo/index.ts"
import { SendMessageCommand } from "../../core/src/sqs/index.ts"
import { controlCloud, willing } from "./support/control-cloud.ts"

const ENVIRONMENT = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "AKIAADMIN", AWS_SECRET_ACCESS_KEY: "secret" }
let world: Awaited<ReturnType<typeof controlCloud>>

beforeAll(async () => {
  world = await controlCloud({ services: [willing("dynamodb"), willing("sqs")] })
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: world.awsUrl })
})
afterAll(async () => {
  dynamo().destroy()
  sqs().destroy()
  for (const name of [...Object.keys(ENVIRONMENT), "AWS_ENDPOINT_URL"]) delete process.env[name]
  await world.stop()
})

test("the product's clients give up on a service that never answers and try again, over HTTP/1.1 too", async () => {
  for (const service of ["dynamodb", "sqs"]) await world.local("POST", "faults", [{ service, kind: "stall", times: 1 }])
  const started = performance.now()
  await Promise.all([
    dynamo().send(new GetCommand({ TableName: "t", Key: { pk: "a" } })),
    sqs().send(new SendMessageCommand({ QueueUrl: "https://sqs.example.com/1/q", MessageBody: "x" })),
  ])
  const seconds = (performance.now() - started) / 1_000
  expect(seconds).toBeGreaterThan(4)
  expect(seconds).toBeLessThan(8)
  const attempts = (service: string) =>
    world.calls.since(0, 100, (call) => call.service === service).map(({ attempt }) => attempt)
  expect(attempts("dynamodb")).toEqual([1, 2])
  expect(attempts("sqs")).toEqual([1, 2])
})
