import { AwsError } from "../../service.ts"
import { tableName } from "./arn.ts"
import type { Database } from "./database.ts"
import { invalid, validated } from "./validation.ts"

/** A change takes up to an hour there, and another one in that time is refused: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html */
const CHANGE_MS = 3_600_000

async function existing({ tables }: Database, given: unknown): Promise<string> {
  const table = await tables.find(given)
  if (table) return table.name
  throw new AwsError("ResourceNotFoundException", `Requested resource not found: Table: ${tableName(String(given))} not found`)
}

/** `isTemplate` is for the table's own template, which may change between two starts as often as it likes. */
export async function updateTimeToLive(json: any, database: Database, isTemplate: boolean): Promise<object> {
  validated("UpdateTimeToLive", json, ["TableName", "TimeToLiveSpecification"])
  const { AttributeName: attribute, Enabled: enabled } = json.TimeToLiveSpecification ?? {}
  if (typeof attribute !== "string" || attribute === "")
    throw invalid(
      "1 validation error detected: Value null at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must not be null",
    )
  if (attribute.length > 255)
    throw invalid(
      `1 validation error detected: Value '${attribute}' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must have length less than or equal to 255`,
    )
  if (typeof enabled !== "boolean")
    throw invalid(
      "1 validation error detected: Value null at 'timeToLiveSpecification.enabled' failed to satisfy constraint: Member must not be null",
    )
  const table = await existing(database, json.TableName)
  const { ttl } = database.settings.get(table)
  const now = database.cloud.now()
  if (!isTemplate && ttl && now - ttl.changedAt < CHANGE_MS)
    throw invalid("Time to live has been modified multiple times within a fixed interval")
  if ((ttl?.enabled ?? false) === enabled) throw invalid(`TimeToLive is already ${enabled ? "enabled" : "disabled"}`)
  if (!enabled && ttl && ttl.attribute !== attribute)
    throw invalid(`TimeToLive is active on a different AttributeName: current AttributeName is ${ttl.attribute}`)
  database.settings.change(table, { ttl: { attribute, enabled, changedAt: now } })
  return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: enabled } }
}

export async function describeTimeToLive(json: any, database: Database): Promise<object> {
  validated("DescribeTimeToLive", json, ["TableName"])
  const { ttl } = database.settings.get(await existing(database, json.TableName))
  return {
    TimeToLiveDescription: ttl?.enabled
      ? { TimeToLiveStatus: "ENABLED", AttributeName: ttl.attribute }
      : { TimeToLiveStatus: "DISABLED" },
  }
}
