import { createHash } from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb"
import { ScanCommand } from "@backline/core/dynamo"
import { type Actor, withActor } from "@backline/core/actor"
import { dynamo } from "@backline/core/aws"
import * as Run from "@backline/core/run"
import { startPeople } from "../../core/test/people.ts"
import { createTestCloud } from "../../cloud/src/endpoint/test-cloud.ts"
import { bedrock } from "../../cloud/src/services/bedrock/index.ts"
import type { ConverseRequest, Model, Piece } from "../../cloud/src/services/bedrock/request.ts"
import * as runWorker from "../src/queues/run-worker.ts"

/** SQS as far as SendMessage and ChangeMessageVisibility: bodies are kept until a test delivers them. */
async function startQueue() {
  const sent: string[] = []
  const hidden: number[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { MessageBody, VisibilityTimeout } = JSON.parse(Buffer.concat(chunks).toString("utf8"))
    if (VisibilityTimeout !== undefined) {
      hidden.push(VisibilityTimeout)
      return response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end("{}")
    }
    sent.push(MessageBody)
    const MD5OfMessageBody = createHash("md5").update(MessageBody).digest("hex")
    response
      .writeHead(200, { "content-type": "application/x-amz-json-1.0" })
      .end(JSON.stringify({ MessageId: `m${sent.length}`, MD5OfMessageBody }))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { sent, hidden, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop }
}

type Script = (signal: AbortSignal, call: number, request: ConverseRequest) => AsyncIterable<Piece>

/** What a conversation needs: tables on the real engine, sockets and queue that keep what they get, and a model that says what a test tells it. */
export async function startChat() {
  const people = await startPeople()
  const queue = await startQueue()
  let script: Script = () => say("There were 7.")
  let calls = 0
  const model: Model = { name: "scripted", answer: (request, signal) => script(signal, ++calls, request) }
  const cloud = await createTestCloud({ services: [bedrock({ model })] })
  Object.assign(process.env, {
    CONVERSATION_TABLE: "conversation",
    RUN_QUEUE_URL: `${queue.url}/123456789012/runs`,
    MODEL_ID: "amazon.nova-micro-v1:0",
    AWS_ENDPOINT_URL_SQS: queue.url,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: cloud.awsUrl,
  })
  const string = (AttributeName: string) => ({ AttributeName, AttributeType: "S" as const })
  await new DynamoDBClient({}).send(
    new CreateTableCommand({
      TableName: "conversation",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [string("pk"), string("sk")],
    }),
  )
  return {
    posted: people.posted,
    /** What @connections answers for a connection instead of 200. */
    statuses: people.statuses,
    sent: queue.sent,
    /** Seconds after which failed deliveries were asked to come again. */
    hidden: queue.hidden,
    /** Model calls so far. */
    get calls() {
      return calls
    },
    says(next: Script) {
      script = next
      calls = 0
    },
    stop: async () => {
      await cloud.stop()
      queue.stop()
      await people.stop()
    },
  }
}

export async function* say(...words: string[]): AsyncGenerator<Piece> {
  for (const text of words) yield { type: "text", text }
  yield { type: "stop", reason: "end_turn" }
  yield { type: "usage", inputTokens: 10, outputTokens: words.length }
}

/** A word every few milliseconds until someone goes away. */
export async function* mutter(signal: AbortSignal, everyMs = 5): AsyncGenerator<Piece> {
  for (let n = 1; n <= 2_000 && !signal.aborted; n++) {
    yield { type: "text", text: `${n} ` }
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  yield { type: "stop", reason: "end_turn" }
}

/** Delivers a run to its worker as SQS does; gives the failures. */
export const deliver = (runId: string, received = 1) =>
  runWorker
    .handler({
      Records: [
        {
          messageId: runId,
          receiptHandle: "handle",
          body: JSON.stringify({ runId }),
          attributes: { ApproximateReceiveCount: String(received) },
        },
      ],
    } as never)
    .then(({ batchItemFailures }) => batchItemFailures)

export const as = <R>(userId: string, run: () => R): R => withActor({ type: "user", userId, role: "member" } satisfies Actor, run)

/** The whole log, however many pages. */
export async function logOf(runId: string): Promise<Run.RunEvent[]> {
  const events: Run.RunEvent[] = []
  for (let next: number | undefined = 0; next !== undefined;) {
    const page: Awaited<ReturnType<typeof Run.log>> = await Run.log(runId, next, 3)
    events.push(...page.events)
    next = page.next
  }
  return events
}

/** A log is right when its offsets are 1, 2, 3 … and its last event, and no other, ends it. */
export function check(events: readonly Run.RunEvent[]): string[] {
  const problems = events.flatMap(({ offset }, index) => (offset === index + 1 ? [] : [`offset ${offset} at place ${index + 1}`]))
  const ends = events.filter(({ kind }) => kind === "done" || kind === "error" || kind === "stopped")
  if (ends.length !== 1 || ends[0] !== events.at(-1)) problems.push(`${ends.length} terminal events`)
  return problems
}

/** The text a reader has in the end. */
export const textOf = (events: readonly Run.RunEvent[]): string =>
  events.reduce((text, event) => (event.kind !== "text" ? text : event.reset ? event.text : text + event.text), "")

/** Everything that is stored in conversations. */
export const stored = async (): Promise<Record<string, unknown>[]> =>
  (await dynamo().send(new ScanCommand({ TableName: "conversation", ConsistentRead: true }))).Items ?? []
