import { DynamoDBClient } from "@aws-sdk/client-dynamodb"
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams"
import { createTestCloud } from "../src/endpoint/test-cloud.ts"
import type { Service } from "../src/service.ts"
import { dynamodb } from "../src/services/dynamodb/index.ts"

export const ARN = "arn:aws:dynamodb:us-east-1:123456789012:table"

const keySchema = (names: readonly string[]) =>
  names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" }))

/** A table with text keys, as a template declares it. */
export const table = (
  TableName: string,
  keys: readonly string[],
  { indexes = {}, ...more }: { indexes?: Record<string, readonly string[]>; [property: string]: unknown } = {},
) => ({
  type: "AWS::DynamoDB::Table",
  properties: {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [...new Set([...keys, ...Object.values(indexes).flat()])].map((AttributeName) => ({
      AttributeName,
      AttributeType: "S",
    })),
    KeySchema: keySchema(keys),
    ...(Object.keys(indexes).length > 0 && {
      GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, names]) => ({
        IndexName,
        KeySchema: keySchema(names),
        Projection: { ProjectionType: "ALL" },
      })),
    }),
    ...more,
  },
})

/** A cloud of tables whose clock stands still until it is moved. `data` is where they are kept. */
export async function createTables(
  tables: readonly ReturnType<typeof table>[],
  { data, at = Date.now() }: { data?: string; at?: number } = {},
) {
  const service = dynamodb()
  const kept: Service = { ...service, start: (cloud) => service.start!({ ...cloud, data }) }
  let now = at
  const running = await createTestCloud({
    services: [kept],
    resources: Object.fromEntries(tables.map((each) => [String(each.properties.TableName), each])),
    now: () => now,
  })
  return {
    ...running,
    advance(ms: number) {
      now += ms
      running.cloud.clock.advance(0)
    },
    /** A client that tries once. */
    client: (maxAttempts = 1) => new DynamoDBClient({ ...running.as(), maxAttempts }),
    streams: () => new DynamoDBStreamsClient({ ...running.as(), maxAttempts: 1 }),
    state: () => service.state!() as Promise<any>,
    units: () => running.calls.since(0, 100_000).at(-1)!.units,
  }
}
export type TablesCloud = Awaited<ReturnType<typeof createTables>>

export const S = (text: string) => ({ S: text })
export const N = (number: number) => ({ N: String(number) })

/** The error of a call that must fail. */
export const failure = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => {
      throw new Error("It was not refused.")
    },
    (error: unknown) => error,
  )

/** Waits, in real time, until `check` gives something. */
export async function eventually<T>(check: () => Promise<T | undefined | false> | T | undefined | false, ms = 5_000): Promise<T> {
  for (const end = performance.now() + ms; ;) {
    const found = await check()
    if (found) return found
    if (performance.now() > end) throw new Error("It did not happen in time.")
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
