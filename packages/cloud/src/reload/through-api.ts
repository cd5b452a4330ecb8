import { isDeepStrictEqual } from "node:util"
import { setTimeout as pause } from "node:timers/promises"
import type { Cloud, Resource, ResourceType } from "../service.ts"

type Update = NonNullable<ResourceType["update"]>

const changedKeys = (next: Resource, previous: Resource): string[] =>
  [...new Set([...Object.keys(next.properties), ...Object.keys(previous.properties)])].filter(
    (key) => !isDeepStrictEqual(next.properties[key], previous.properties[key]),
  )

async function call(cloud: Cloud, service: string, target: string, body: unknown): Promise<any> {
  const { status, json } = await cloud.call({ service, target, body, headers: { "content-type": "application/x-amz-json-1.0" } })
  if (status >= 300)
    throw new Error(`${target.split(".")[1]} answered ${String(json?.__type ?? status)}: ${String(json?.message ?? "")}`)
  return json
}

/** Defaults of what a template may stop saying: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const QUEUE_DEFAULTS: Readonly<Record<string, string>> = {
  VisibilityTimeout: "30",
  DelaySeconds: "0",
  MessageRetentionPeriod: "345600",
  ReceiveMessageWaitTimeSeconds: "0",
  MaximumMessageSize: "262144",
  RedrivePolicy: "",
  ContentBasedDeduplication: "false",
}

const text = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value))

const queue: Update = async (next, previous, cloud) => {
  const keys = changedKeys(next, previous).filter((key) => key in QUEUE_DEFAULTS || key === "FifoQueue")
  if (keys.includes("FifoQueue")) throw new Error("FifoQueue is for the life of a queue.")
  const given = keys.map((key) => [key, next.properties[key] === undefined ? QUEUE_DEFAULTS[key] : text(next.properties[key])])
  const Attributes = Object.fromEntries(given)
  if (keys.length > 0) await call(cloud, "sqs", "AmazonSQS.SetQueueAttributes", { QueueUrl: next.identity.ref, Attributes })
}

const FOR_LIFE = ["KeySchema", "LocalSecondaryIndexes", "TableName"]
const INDEX = ["IndexName", "KeySchema", "Projection", "ProvisionedThroughput"]
type Index = Record<string, unknown> & { IndexName: string }
const indexOf = (index: Index) => Object.fromEntries(Object.entries(index).filter(([name]) => INDEX.includes(name)))

async function untilActive(TableName: string, cloud: Cloud): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const { Table } = await call(cloud, "dynamodb", "DynamoDB_20120810.DescribeTable", { TableName })
    const indexes: { IndexStatus?: string }[] = Table.GlobalSecondaryIndexes ?? []
    if (Table.TableStatus === "ACTIVE" && indexes.every(({ IndexStatus = "ACTIVE" }) => IndexStatus === "ACTIVE")) return
    await pause(25)
  }
  throw new Error(`Table ${TableName} did not become active within 10 seconds.`)
}

/** One index at a time, as UpdateTable wants it: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html */
const table: Update = async (next, previous, cloud) => {
  const keys = changedKeys(next, previous)
  const forLife = keys.find((key) => FOR_LIFE.includes(key))
  if (forLife) throw new Error(`${forLife} is for the life of a table.`)
  const TableName = next.identity.ref
  const update = async (change: object) => {
    await call(cloud, "dynamodb", "DynamoDB_20120810.UpdateTable", { TableName, ...change })
    await untilActive(TableName, cloud)
  }
  const { AttributeDefinitions, GlobalSecondaryIndexes: wanted = [] } = next.properties as {
    GlobalSecondaryIndexes?: Index[]
  } & Record<string, unknown>
  const had: Index[] = previous.properties.GlobalSecondaryIndexes ?? []
  for (const { IndexName, ...index } of had) {
    const kept = wanted.find((each) => each.IndexName === IndexName)
    if (kept && isDeepStrictEqual(indexOf(kept), indexOf({ IndexName, ...index }))) continue
    await update({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] })
    if (kept) await update({ AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: indexOf(kept) }] })
  }
  for (const index of wanted.filter(({ IndexName }) => !had.some((each) => each.IndexName === IndexName)))
    await update({ AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: indexOf(index) }] })
  for (const key of ["BillingMode", "ProvisionedThroughput"])
    if (keys.includes(key)) await update({ [key]: next.properties[key] })
  if (keys.includes("StreamSpecification")) throw new Error("StreamSpecification changes at a restart.")
  if (keys.includes("TimeToLiveSpecification")) {
    const off = { ...previous.properties.TimeToLiveSpecification, Enabled: false }
    const TimeToLiveSpecification = next.properties.TimeToLiveSpecification ?? off
    await call(cloud, "dynamodb", "DynamoDB_20120810.UpdateTimeToLive", { TableName, TimeToLiveSpecification })
  }
}

/** How resources change whose engine has no `update` of its own: through their public API, as CloudFormation does it. */
export const THROUGH_API: Readonly<Record<string, Update>> = { "AWS::SQS::Queue": queue, "AWS::DynamoDB::Table": table }
