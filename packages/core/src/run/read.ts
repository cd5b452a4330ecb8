import { between, GetCommand, QueryCommand } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import type { RunEvent } from "./event.ts"
import { eventOf, eventsAfter, headKey, Info } from "./table.ts"

export const PAGE = 100

/** The run, whoever asked for it, or undefined. */
export async function find(runId: string): Promise<Info | undefined> {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: config("CONVERSATION_TABLE"), Key: headKey(runId), ConsistentRead: true }),
  )
  return Item && Info.parse(Item)
}

/** Up to 100 events after an offset, in order, read consistently. */
export async function log(runId: string, after: number, limit = PAGE): Promise<{ events: RunEvent[]; next?: number }> {
  const { Items = [], LastEvaluatedKey } = await dynamo().send(
    new QueryCommand({
      TableName: config("CONVERSATION_TABLE"),
      ...between(...eventsAfter(runId, after)),
      ConsistentRead: true,
      Limit: limit,
    }),
  )
  const events = Items.map(eventOf)
  return { events, next: LastEvaluatedKey ? events.at(-1)?.offset : undefined }
}
