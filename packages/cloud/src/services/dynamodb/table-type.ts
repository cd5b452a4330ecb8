import { setTimeout as pause } from "node:timers/promises"
import type { Cloud, Identity, Place, Resource, ResourceType, Unnamed } from "../../service.ts"
import { tableArn } from "./arn.ts"
import { reconcile } from "./reconcile.ts"
import { STREAM_LABEL } from "./streams/index.ts"

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
  const {
    GlobalSecondaryIndexes,
    LocalSecondaryIndexes,
    StreamSpecification,
    BillingMode,
    ProvisionedThroughput,
    VectorIndexes,
  } = properties
  return {
    TableName: identity.ref,
    AttributeDefinitions: properties.AttributeDefinitions,
    KeySchema: properties.KeySchema,
    BillingMode,
    ProvisionedThroughput,
    GlobalSecondaryIndexes: GlobalSecondaryIndexes?.map(indexOf),
    LocalSecondaryIndexes: LocalSecondaryIndexes?.map(indexOf),
    VectorIndexes,
    StreamSpecification: StreamSpecification && { StreamEnabled: true, StreamViewType: StreamSpecification.StreamViewType },
  }
}

type Call = (operation: string, body: object) => ReturnType<Cloud["call"]>

/** Makes the table, or brings the one of the last run in line with the template. */
async function provision(resource: Resource, cloud: Cloud): Promise<void> {
  const call: Call = (operation, body) => cloud.call({ service: "dynamodb", target: `DynamoDB_20120810.${operation}`, body })
  const TableName = resource.identity.ref
  const wanted = createRequest(resource)
  const { status, json } = await call("DescribeTable", { TableName })
  if (status === 200)
    await reconcile(resource.logicalId, wanted, json.Table, require(resource, call), () => untilActive(TableName, call))
  else {
    await require(resource, call)("CreateTable", wanted)
    await untilActive(TableName, call)
  }
  await expire(resource, call)
}

/** A call that must work for the table to be what its template says. */
const require =
  ({ logicalId }: Resource, call: Call): Call =>
  async (operation, body) => {
    const answer = await call(operation, body)
    if (answer.status === 200) return answer
    throw new Error(`Table ${logicalId} was refused: ${operation}: ${String(answer.json?.message)}`)
  }

/** Time to live as the template says; what is so already stays. */
async function expire(resource: Resource, call: Call): Promise<void> {
  const TableName = resource.identity.ref
  const { AttributeName, Enabled } = resource.properties.TimeToLiveSpecification ?? {}
  const isWanted = String(Enabled) === "true"
  const { json } = await call("DescribeTimeToLive", { TableName })
  const { AttributeName: current, TimeToLiveStatus } = json?.TimeToLiveDescription ?? {}
  const isOn = TimeToLiveStatus === "ENABLED"
  if (isOn === isWanted && (!isWanted || current === AttributeName)) return
  const update = (attribute: string, enabled: boolean) =>
    require(resource, call)("UpdateTimeToLive", {
      TableName,
      TimeToLiveSpecification: { AttributeName: attribute, Enabled: enabled },
    })
  if (isOn && isWanted)
    throw new Error(
      `Table ${resource.logicalId} expires by ${current}; its template says ${AttributeName}. CloudFormation changes that in two deploys: one without TimeToLiveSpecification, then the new one. Start once without it, or with a fresh --data folder.`,
    )
  await update(isWanted ? AttributeName : current, isWanted)
}

async function untilActive(TableName: string, call: Call): Promise<void> {
  for (let attempt = 0; attempt < 1_200; attempt++) {
    const { json } = await call("DescribeTable", { TableName })
    const indexes: any[] = [...(json?.Table?.GlobalSecondaryIndexes ?? []), ...(json?.Table?.VectorIndexes ?? [])]
    if (json?.Table?.TableStatus === "ACTIVE" && indexes.every(({ IndexStatus }) => IndexStatus === "ACTIVE")) return
    await pause(25)
  }
  throw new Error(`Table ${TableName} did not become active within 30 seconds.`)
}

const NO_BACKUP = "what protects data on AWS; here the data folder is yours to keep or delete"

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
      "VectorIndexes",
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
