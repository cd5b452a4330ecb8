import { withActor } from "../../src/actor.ts"
import * as Room from "../../src/room/index.ts"
import { createTestCloud } from "../../../cloud/src/endpoint/test-cloud.ts"
import { Faults } from "../../../cloud/src/faults/index.ts"
import { dynamodb } from "../../../cloud/src/services/dynamodb/index.ts"
import { ssm } from "../../../cloud/src/services/ssm.ts"

const keys = (...names: string[]) =>
  names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" }))
const strings = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: "S" }))
const table = (TableName: string, others: string[] = [], more: object = {}) => ({
  type: "AWS::DynamoDB::Table",
  properties: {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: keys("pk", "sk"),
    AttributeDefinitions: strings("pk", "sk", ...others),
    TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
    ...more,
  },
})
const index = (IndexName: string, ...names: string[]) => ({
  GlobalSecondaryIndexes: [{ IndexName, KeySchema: keys(...names), Projection: { ProjectionType: "KEYS_ONLY" } }],
})

/** Rooms on the local cloud's own DynamoDB, with faults to be set and every call in its log. */
export async function startRooms(parameters: Record<string, string> = {}) {
  const faults = new Faults()
  const cloud = await createTestCloud({
    services: [dynamodb(), ssm()],
    faults,
    resources: {
      Rooms: table("rooms", ["list", "listed"], index("byList", "list", "listed")),
      ...Object.fromEntries(
        Object.entries(parameters).map(([Name, Value], n) => [
          `Parameter${n}`,
          { type: "AWS::SSM::Parameter", properties: { Name, Type: "String", Value } },
        ]),
      ),
      Accounts: table("accounts"),
      Connections: table("connections", ["userPk"], {
        GlobalSecondaryIndexes: [{ IndexName: "byUser", KeySchema: keys("userPk", "sk"), Projection: { ProjectionType: "ALL" } }],
      }),
    },
  })
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "AKIAADMIN",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL: cloud.awsUrl,
    ROOM_TABLE: "rooms",
    ACCOUNT_TABLE: "accounts",
    CONNECTION_TABLE: "connections",
    LIVEKIT_PARAMETERS: "/backline/test/livekit",
    WEBSOCKET_CALLBACK_URL: "https://example.com/live",
  })
  return {
    ...cloud,
    faults,
    /** Calls to the room table that `run` made, with what they cost. */
    async spent(run: () => Promise<unknown>) {
      const since = cloud.calls.since(0, 1_000_000).at(-1)?.n ?? 0
      await run()
      const calls = cloud.calls
        .since(since, 1_000_000)
        .filter(({ access }) => access.some(({ resource }) => resource.includes("table/rooms")))
      const sum = (unit: string) => calls.reduce((total, { units }) => total + (units[unit] ?? 0), 0)
      return { calls: calls.map(({ operation }) => operation), rru: sum("RRU"), wru: sum("WRU"), raw: calls }
    },
  }
}

export const as = <R>(userId: string, run: () => R): R => withActor({ type: "user", userId, role: "member" }, run)

/** A public room of `owner` that the others have entered. */
export async function roomOf(owner: string, ...others: string[]): Promise<string> {
  const { id } = await as(owner, () => Room.create({ name: "A room", visibility: "public" }))
  for (const each of others) await as(each, () => Room.invite({ room: id }))
  return id
}

/** Sends as a client does: what may pass later is sent again with the same client id. */
export async function deliver(userId: string, input: Parameters<typeof Room.send>[0], tries = 200): Promise<Room.Sent> {
  for (let attempt = 1; ; attempt++) {
    try {
      const sent = await as(userId, () => Room.send(input))
      await sent.tidy?.().catch(() => undefined)
      return sent
    } catch (error) {
      const { kind, retryAfterMs = 20 } = error as { kind?: string; retryAfterMs?: number }
      if (attempt === tries || (kind !== "limit" && kind !== "unavailable")) throw error
      await new Promise((resolve) => setTimeout(resolve, Math.min(60, retryAfterMs) * Math.random()))
    }
  }
}

/** The whole log, page by page, as its reader gets it. */
export async function logOf(userId: string, room: string): Promise<Room.Message[]> {
  const messages: Room.Message[] = []
  for (let before: number | undefined; ;) {
    const page: Awaited<ReturnType<typeof Room.history>> = await as(userId, () => Room.history({ room, before }))
    messages.unshift(...page.messages)
    if (page.next === undefined) return messages
    before = page.next
  }
}
