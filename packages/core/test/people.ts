import { createHash } from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb"
import { startEngine } from "../../cloud/src/services/dynamodb/engine.ts"

const string = (AttributeName: string) => ({ AttributeName, AttributeType: "S" as const })
const key = (hash: string, range = "sk") => [
  { AttributeName: hash, KeyType: "HASH" as const },
  { AttributeName: range, KeyType: "RANGE" as const },
]

/** The tables of accounts, connections, standings and tokens on the real engine; names in the environment as a stack gives them. */
export async function createPeopleTables(): Promise<void> {
  Object.assign(process.env, {
    ACCOUNT_TABLE: "account",
    CONNECTION_TABLE: "connection",
    STANDING_TABLE: "standing",
    TOKEN_TABLE: "token",
  })
  for (const TableName of ["account", "connection", "standing", "token"])
    await new DynamoDBClient({}).send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: key("pk"),
        AttributeDefinitions: [string("pk"), string("sk")],
      }),
    )
}

/** A queue as far as sending: bodies are kept until a test delivers them. */
interface Sent {
  queue: string
  body: any
  group?: string
}

function sqsAnswer(target: string, input: any, sent: Sent[]): object {
  const keep = ({ MessageBody, MessageGroupId }: { MessageBody: string; MessageGroupId?: string }) => {
    sent.push({ queue: input.QueueUrl.split("/").at(-1), body: JSON.parse(MessageBody), group: MessageGroupId })
    return { MessageId: String(sent.length), MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex") }
  }
  if (target === "SendMessage") return keep(input)
  return { Successful: input.Entries.map((entry: any) => ({ Id: entry.Id, ...keep(entry) })), Failed: [] }
}

/** Milliseconds that an answer takes; a test may make one socket slow. */
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * DynamoDB on its engine; an @connections that keeps what was posted and answers the statuses it is told to; queues that keep what was sent; a user
 * pool where everybody is welcome unless a test says otherwise.
 */
export async function startPeople() {
  const engine = await startEngine(undefined)
  const posted: { connectionId: string; body: string }[] = []
  const statuses = new Map<string, number | (() => number | Promise<number>)>()
  const lastActive = new Map<string, number>()
  const asked: string[] = []
  const sent: Sent[] = []
  const unwelcome = new Map<string, "disabled" | "removed">()
  const revoked = new Set<string>()
  const groups = new Map<string, string[]>()

  const userOf = (Username: string): [number, object] => {
    const state = unwelcome.get(Username)
    if (state === "removed") return [400, { __type: "UserNotFoundException", message: "User does not exist." }]
    return [200, { Username, Enabled: state === undefined }]
  }
  const groupsOf = (Username: string): [number, object] => {
    const names = groups.get(Username) ?? ["admin", "editor", "member"]
    return unwelcome.get(Username) === "removed" ? userOf(Username) : [200, { Groups: names.map((GroupName) => ({ GroupName })) }]
  }
  /** Tokens are words here, each the token of nobody in particular. */
  const holderOf = (AccessToken: string): [number, object] =>
    revoked.has(AccessToken)
      ? [400, { __type: "NotAuthorizedException", message: "Access Token has been revoked" }]
      : [200, { Username: "somebody", UserAttributes: [] }]
  const directory: Record<string, (input: any) => [number, object]> = {
    AdminGetUser: ({ Username }) => userOf(Username),
    AdminListGroupsForUser: ({ Username }) => groupsOf(Username),
    GetUser: ({ AccessToken }) => holderOf(AccessToken),
  }
  let isSilent = false
  /** Every question to the user pool that it answered. */
  const asks: string[] = []
  async function socket(method: string, connectionId: string, body: string): Promise<[number, object?]> {
    asked.push(`${method} ${connectionId}`)
    const told = statuses.get(connectionId) ?? 200
    const status = typeof told === "number" ? told : await told()
    if (status !== 200) return [status]
    if (method === "POST") posted.push({ connectionId, body })
    if (method === "DELETE") statuses.set(connectionId, 410)
    const lastActiveAt = new Date(lastActive.get(connectionId) ?? Date.now()).toISOString()
    return method === "GET" ? [200, { lastActiveAt }] : [method === "DELETE" ? 204 : 200]
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString("utf8")
    const [, target] = String(request.headers["x-amz-target"] ?? "").split(".")
    const id = decodeURIComponent((request.url ?? "").split("/@connections/")[1] ?? "")
    const [status, json] =
      target && directory[target]
        ? isSilent
          ? [400, { __type: "TooManyRequestsException", message: "Rate exceeded" }]
          : (asks.push(target), directory[target](JSON.parse(text)))
        : target
          ? [200, sqsAnswer(target, JSON.parse(text), sent)]
          : await socket(request.method ?? "", id, text)
    const headers = status === 410 ? { "x-amzn-errortype": "GoneException" } : { "content-type": "application/x-amz-json-1.0" }
    response.writeHead(status, headers).end(json && JSON.stringify(json))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_DYNAMODB: engine.url,
    WEBSOCKET_URL: "wss://example.com/live",
    TOKEN_ISSUER: `${url}/us-east-1_pool12345`,
    TOKEN_CLIENT_ID: "client",
    FAN_OUT_QUEUE_URL: `${url}/000000000000/frames.fifo`,
    DEPARTURE_QUEUE_URL: `${url}/000000000000/departures`,
  })
  await createPeopleTables()
  return {
    /** Frames by connection, in the order of their arrival. */
    posted,
    /** What @connections answers for a connection instead of 200. */
    statuses,
    /** When a socket was last active, where it was not just now. */
    lastActive,
    /** Every call of @connections. */
    asked,
    /** Messages of queues. */
    sent,
    unwelcome,
    /** Access tokens that were signed out. */
    revoked,
    /** Groups of a person, where they are not all there are. */
    groups,
    asks,
    /** Has the user pool answer nobody, or everybody again. */
    silence: (value: boolean) => void (isSilent = value),
    pause,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await engine.stop()
    },
  }
}
