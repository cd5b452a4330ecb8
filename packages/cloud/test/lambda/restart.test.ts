import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { eventually, resource, world, type World } from "../../src/lambda/testing/functions.ts"
import { kinesis } from "../../src/services/kinesis/index.ts"

const STREAM = "arn:aws:kinesis:us-east-1:111122223333:stream/concerts"

/** Stops for good at the text `stuck`. */
const CONSUMER = `export const handler = async (event) => {
  for (const record of event.Records) {
    const text = Buffer.from(record.kinesis.data, "base64").toString()
    console.log("did " + text)
    if (text === "stuck") await new Promise(() => setTimeout(() => {}, 60_000))
  }
}`

let data: string
let w: World
beforeEach(async () => void (data = await mkdtemp(join(tmpdir(), "backline-restart-"))))
afterEach(async () => {
  await w.stop()
  await rm(data, { recursive: true, force: true })
})

/** Another process on the same folder. */
async function boot(mapping: object = {}, shards = 1): Promise<void> {
  w = await world({ consumer: CONSUMER }, { data })
  const service = kinesis(w.streams)
  await w.cloud.use(service)
  const stream = resource("AWS::Kinesis::Stream", "Concerts", { ShardCount: shards }, { ref: "concerts", arn: STREAM })
  w.cloud.add(stream)
  await service.types["AWS::Kinesis::Stream"]!.provision!(stream, w.cloud)
  await w.declare("consumer", { Timeout: 30 })
  const given = { EventSourceArn: STREAM, FunctionName: "consumer", StartingPosition: "TRIM_HORIZON", BatchSize: 5, ...mapping }
  await w.provision(resource("AWS::Lambda::EventSourceMapping", "Source", given))
}
const put = (texts: string[]) =>
  w.cloud.call({
    service: "kinesis",
    target: "Kinesis_20131202.PutRecords",
    body: {
      StreamARN: STREAM,
      Records: texts.map((text) => ({ PartitionKey: text, Data: Buffer.from(text).toString("base64") })),
    },
  })
const did = (): string[] => w.cloud.lines.filter(({ line }) => line.startsWith("did ")).map(({ line }) => line.slice(4))
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => String(from + index))

test("a source goes on after what was done: the batch under way at the crash comes again, none before it", async () => {
  await boot()
  await put([...numbers(0, 12), "stuck", "after"])
  await w.lambda.startSources()
  await eventually(() => did().includes("stuck"))
  await w.stop()

  await boot()
  await w.lambda.startSources()
  await eventually(() => did().includes("stuck"))
  expect(did()).toEqual(["10", "11", "stuck"])
})

test("LATEST means the first start of the mapping, not of the process: what was put in between is read", async () => {
  await boot({ StartingPosition: "LATEST" })
  await put(["before"])
  await w.lambda.startSources()
  await w.stop()

  await boot({ StartingPosition: "LATEST" })
  await put(["between"])
  await w.lambda.startSources()
  await eventually(() => did().length > 0)
  expect(did()).toEqual(["between"])
})

test("with more lanes than before each key goes on at the earliest of them: more comes again, nothing is left out", async () => {
  await boot({ ParallelizationFactor: 3 })
  const texts = numbers(0, 60)
  await put(texts)
  await w.lambda.startSources()
  await eventually(() => did().length >= 60)
  await w.stop()

  await boot({ ParallelizationFactor: 5 })
  await put(numbers(60, 90))
  await w.lambda.startSources()
  await eventually(() => numbers(60, 90).every((text) => did().includes(text)))
})

test("an asynchronous event that was accepted and not done is run by the next process under its own id", async () => {
  await boot()
  const event = { Records: [{ kinesis: { data: Buffer.from("stuck").toString("base64") } }] }
  const id = w.lambda.invokeAsync("consumer", event)
  await eventually(() => did().length === 1)
  await w.stop()

  await boot()
  w.lambda.service.ready!()
  await eventually(() => did().length === 1)
  expect(w.cloud.lines.some(({ line }) => line === `START RequestId: ${id} Version: $LATEST`)).toBe(true)
})
