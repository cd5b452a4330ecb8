import { GetCommand, UpdateCommand } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { VERSION } from "./table.ts"

/** Which data the warehouse holds: `version` rises with every load, `loadedAt` (epoch milliseconds) is null before the first. */
export interface DataVersion {
  version: number
  loadedAt: number | null
}

export async function currentVersion(): Promise<DataVersion> {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: config("ANALYTICS_TABLE"), Key: VERSION, ConsistentRead: true }),
  )
  return { version: Number(Item?.version ?? 0), loadedAt: typeof Item?.loadedAt === "number" ? Item.loadedAt : null }
}

/** Called after a load; once too often only costs cached results. */
export async function bumpVersion(): Promise<void> {
  await dynamo().send(
    new UpdateCommand({
      TableName: config("ANALYTICS_TABLE"),
      Key: VERSION,
      UpdateExpression: "SET loadedAt = :now ADD version :one",
      ExpressionAttributeValues: { ":now": now(), ":one": 1 },
    }),
  )
}
