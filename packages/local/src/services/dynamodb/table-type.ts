import { setTimeout as pause } from "node:timers/promises"
import type { Cloud, Identity, Place, Resource, ResourceType, Unnamed } from "../../service.ts"
import { tableArn } from "./operations.ts"
import { STREAM_LABEL } from "./streams.ts"

function identify(table: Unnamed, place: Place): Identity {
  const ref: string = table.property("TableName") ?? table.physicalName({ max: 255 })
  const arn = tableArn(place, ref)
  const stream: Record<string, string> = table.property("StreamSpecification")
    ? { StreamArn: `${arn}/stream/${STREAM_LABEL}` }
    : {}
  return { ref, arn, attributes: { Arn: arn, ...stream } }
}

const INDEX_PROPERTIES = ["IndexName", "KeySchema", "Projection", "ProvisionedThroughput"]
const indexOf = (index: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(index).filter(([name]) => INDEX_PROPERTIES.includes(name)))

function createRequest({ properties, identity }: Resource): Record<string, unknown> {
  const { GlobalSecondaryIndexes, LocalSecondaryIndexes, StreamSpecification, BillingMode, ProvisionedThroughput } = properties
  return {
    TableName: identity.ref,
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    BillingMode,
    ProvisionedThroughput,
    GlobalSecondaryIndexes: GlobalSecondaryIndexes?.map(indexOf),
    LocalSecondaryIndexes: LocalSecondaryIndexes?.map(indexOf),
    StreamSpecification: StreamSpecification && { StreamEnabled: true, StreamViewType: StreamSpecification.StreamViewType },
  }
}

/** A table that an engine of one's own already has (BACKLINE_DYNAMODB_ENDPOINT) is taken as it is. */
async function provision(resource: Resource, cloud: Cloud): Promise<void> {
  const ask = (operation: string, body: unknown) =>
    cloud.call({ service: "dynamodb", target: `DynamoDB_20120810.${operation}`, body })
  const created = await ask("CreateTable", createRequest(resource))
  const exists = created.status !== 200 && String(created.json?.__type).endsWith("ResourceInUseException")
  if (created.status !== 200 && !exists) throw new Error(`Table ${resource.logicalId} was refused: ${created.json?.message}`)
  await untilActive(resource.identity.ref, ask)
  const { TimeToLiveSpecification } = resource.properties
  if (!TimeToLiveSpecification || exists) return
  const limited = await ask("UpdateTimeToLive", { TableName: resource.identity.ref, TimeToLiveSpecification })
  if (limited.status !== 200) throw new Error(`TTL of table ${resource.logicalId} was refused: ${limited.json?.message}`)
}

async function untilActive(
  TableName: string,
  ask: (operation: string, body: unknown) => ReturnType<Cloud["call"]>,
): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const { json } = await ask("DescribeTable", { TableName })
    if (json?.Table?.TableStatus === "ACTIVE") return
    await pause(25)
  }
  throw new Error(`Table ${TableName} did not become active within 5 seconds.`)
}

const NO_BACKUP = "the engine keeps its tables in memory until the local cloud stops"

export const TYPES: Readonly<Record<string, ResourceType>> = {
  "AWS::DynamoDB::Table": {
    simulated: [
      "TableName",
      "AttributeDefinitions",
      "KeySchema",
      "BillingMode",
      "ProvisionedThroughput",
      "GlobalSecondaryIndexes",
      "LocalSecondaryIndexes",
      "TimeToLiveSpecification",
      "StreamSpecification",
    ],
    ignored: {
      PointInTimeRecoverySpecification: NO_BACKUP,
      DeletionProtectionEnabled: NO_BACKUP,
      SSESpecification: NO_BACKUP,
      ContributorInsightsSpecification: "metrics are AWS's",
      OnDemandThroughput: "no throttling by table here",
      WarmThroughput: "no throttling by table here",
      TableClass: "a matter of price",
      Tags: "no policy reads tags",
    },
    identify,
    provision,
  },
}
