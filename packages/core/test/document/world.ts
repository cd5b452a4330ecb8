import { type Actor, withActor } from "../../src/actor.ts"
import { dynamo, s3, sqs } from "../../src/aws.ts"
import * as Document from "../../src/document/index.ts"
import type { Service } from "../../../cloud/src/service.ts"
import { createTestCloud } from "../../../cloud/src/endpoint/test-cloud.ts"
import { dynamodb } from "../../../cloud/src/services/dynamodb/index.ts"
import { s3 as s3Engine } from "../../../cloud/src/services/s3/index.ts"
import { sqs as sqsEngine } from "../../../cloud/src/services/sqs/index.ts"
import * as Y from "yjs"

const keys = (names: string[]) =>
  names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" }))
const strings = (names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: "S" }))
const table = (TableName: string, more: object = {}, others: string[] = []) => ({
  type: "AWS::DynamoDB::Table",
  properties: {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: keys(["pk", "sk"]),
    AttributeDefinitions: strings(["pk", "sk", ...others]),
    TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
    ...more,
  },
})
const byList = {
  GlobalSecondaryIndexes: [
    { IndexName: "byList", KeySchema: keys(["list", "listed"]), Projection: { ProjectionType: "KEYS_ONLY" } },
  ],
}
const byUser = {
  GlobalSecondaryIndexes: [{ IndexName: "byUser", KeySchema: keys(["userPk", "sk"]), Projection: { ProjectionType: "ALL" } }],
}

/** @connections that keeps what was posted. */
function listener() {
  const posted: { connectionId: string; frame: any }[] = []
  const service: Service = {
    names: ["execute-api"],
    protocol: "rest-json",
    types: {},
    authorize: () => ({
      operation: "PostToConnection",
      access: [
        { action: "execute-api:ManageConnections", resource: "arn:aws:execute-api:us-east-1:123456789012:api/live/POST/x" },
      ],
    }),
    handle: async ({ url, body }) => {
      const connectionId = decodeURIComponent(url.pathname.split("/@connections/")[1]!)
      if (body.length > 128 * 1024) throw new Error("A frame is larger than @connections takes.")
      /** Frames that waited for one another come as a list. */
      for (const frame of [JSON.parse(body.toString("utf8"))].flat()) posted.push({ connectionId, frame })
      return { status: 200 }
    },
  }
  return { service, posted }
}

/** Documents on the local cloud's own DynamoDB, S3 and SQS, with every call in its log. */
export async function startDocuments() {
  const { service, posted } = listener()
  const cloud = await createTestCloud({
    services: [dynamodb(), s3Engine(), sqsEngine(), service],
    resources: {
      Documents: table("documents"),
      Rooms: table("rooms", byList, ["list", "listed"]),
      Accounts: table("accounts"),
      Connections: table("connections", byUser, ["userPk"]),
      Drafts: { type: "AWS::S3::Bucket", properties: { BucketName: "drafts" } },
      Frames: {
        type: "AWS::SQS::Queue",
        properties: { QueueName: "frames.fifo", FifoQueue: true, ContentBasedDeduplication: true },
      },
      Departures: { type: "AWS::SQS::Queue", properties: { QueueName: "departures" } },
      Compactions: { type: "AWS::SQS::Queue", properties: { QueueName: "compactions" } },
    },
  })
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "AKIAADMIN",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL: cloud.awsUrl,
    DOCUMENT_TABLE: "documents",
    DOCUMENT_BUCKET: "drafts",
    CONNECTION_TABLE: "connections",
    ROOM_TABLE: "rooms",
    ACCOUNT_TABLE: "accounts",
    COMPACTION_QUEUE_URL: `${cloud.awsUrl}/123456789012/compactions`,
    FAN_OUT_QUEUE_URL: `${cloud.awsUrl}/123456789012/frames.fifo`,
    DEPARTURE_QUEUE_URL: `${cloud.awsUrl}/123456789012/departures`,
    WEBSOCKET_CALLBACK_URL: "https://example.com/live",
  })
  return {
    ...cloud,
    posted,
    /** What was asked of one service since a position of the log. */
    calls: (since: number, service = "dynamodb") => cloud.calls.since(since, 100_000).filter((call) => call.service === service),
    now: () => cloud.calls.since(0, 100_000).at(-1)?.n ?? 0,
    stop: async () => {
      for (const client of [dynamo(), s3(), sqs()]) client.destroy()
      await cloud.stop()
    },
  }
}

export const as = <R>(userId: string, run: () => R): R => withActor({ type: "user", userId, role: "member" } satisfies Actor, run)
export const asSystem = <R>(run: () => R): R => withActor({ type: "system" }, run)

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")
export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"))

let clients = 0
export const newClientId = (): string => `c${++clients}`

/** Joins as a fresh reader or one with a vector, follows the pages, and gives what they say and how many there were. */
export async function read(doc: string, connectionId: string, replica = new Y.Doc(), vector?: Uint8Array) {
  let pages = 0
  let next: string | undefined
  let parts: Uint8Array[] = []
  let seq = 0
  do {
    const page: Awaited<ReturnType<typeof Document.join>> = await Document.join({
      doc,
      connectionId,
      ...(next ? { next } : vector ? { vector: base64(vector) } : {}),
    })
    pages++
    parts.push(bytesOf(page.update))
    if ((page.part ?? 1) === (page.of ?? 1)) {
      Y.applyUpdate(replica, new Uint8Array(Buffer.concat(parts)))
      parts = []
      seq = page.seq
    }
    next = page.next
  } while (next)
  return { replica, pages, seq }
}

/** Sends an update in parts of at most so many bytes; what an answer says is missing is sent again. */
export async function sendInParts(
  doc: string,
  update: Uint8Array,
  clientId: string,
  size = 20_000,
  lose = (_part: number) => false,
) {
  const of = Math.ceil(update.byteLength / size)
  const send = (part: number) =>
    Document.update({ doc, clientId, part, of, update: base64(update.subarray((part - 1) * size, part * size)) })
  for (let part = 1; part < of; part++) if (!lose(part)) await send(part)
  for (;;) {
    const answer = await send(of)
    if ("seq" in answer) return { seq: answer.seq, of }
    for (const part of answer.missing!) await send(part)
  }
}
