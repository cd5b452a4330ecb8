import { gunzipSync } from "node:zlib"
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3"
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs"
import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from "@aws-sdk/client-redshift-data"
import { type Product, startProduct } from "../../../packages/start/src/product.ts"
import { until } from "../product.ts"

/** The product in this process, without data, on free ports. */
export const startHere = (): Promise<Product> =>
  startProduct({ root: process.cwd(), port: 0, explicitPort: false, say() {}, log() {} })

/** Settings of a client that calls this cloud; without keys of a function it calls as the administrator. */
export const clientOf = ({ cloud }: Product, credentials = { accessKeyId: "ADMINISTRATOR", secretAccessKey: "unused" }) => ({
  endpoint: cloud.awsUrl,
  region: cloud.region,
  credentials,
})

/** Physical id of the one resource of a type whose logical id starts so. */
export function resourceOf({ cloud }: Product, type: string, start: string) {
  const found = cloud.resources(type).filter(({ logicalId }) => new RegExp(`^${start}[0-9A-F]{8}$`).test(logicalId))
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type} start with ${start}.`)
  return found[0]!
}

/** Rows of a statement as the administrator sees them, every value as JavaScript has it. */
export async function select(local: Product, Sql: string): Promise<unknown[][]> {
  const client = new RedshiftDataClient(clientOf(local))
  const WorkgroupName = String(local.cloud.resources("AWS::RedshiftServerless::Workgroup")[0]!.properties.WorkgroupName)
  const { Id } = await client.send(new ExecuteStatementCommand({ WorkgroupName, Database: "backline", Sql }))
  await until(`${Sql} finishes`, async () => {
    const { Status, Error: reason } = await client.send(new DescribeStatementCommand({ Id }))
    if (Status === "FAILED" || Status === "ABORTED") throw new Error(`${Sql}: ${reason}`)
    return Status === "FINISHED"
  })
  const { Records = [] } = await client.send(new GetStatementResultCommand({ Id }))
  client.destroy()
  return Records.map((record) =>
    record.map((field) => (field.isNull ? null : Object.values(field).find((value) => value !== undefined))),
  )
}

interface Shard {
  stream: string
  shard: string
  consumed: string
  loaded: string
}

async function progressOf(local: Product): Promise<Shard[]> {
  const headers = { authorization: `Bearer ${await local.token()}` }
  const response = await fetch(`${local.addresses.http}/ingest/progress`, { headers })
  if (!response.ok) throw new Error(`GET /ingest/progress answered ${response.status}: ${await response.text()}`)
  return ((await response.json()) as { shards: Shard[] }).shards
}

/** Waits until everything that was read is in the warehouse or in quarantine. In vain, it says what is left where. */
export async function settled(local: Product): Promise<void> {
  let shards: Shard[] = []
  const loaded = async () => {
    shards = await progressOf(local)
    return shards.length > 0 && shards.every((shard) => shard.consumed === shard.loaded)
  }
  await until("every shard is loaded as far as it was read", loaded).catch(async (error: Error) => {
    const left = shards.map(
      ({ stream, shard, consumed, loaded }) => `${stream} ${shard}: read to ${consumed}, loaded to ${loaded}`,
    )
    throw new Error([error.message, ...left, `messages left: ${JSON.stringify(await depths(local, /./))}`].join("\n"))
  })
}

/** Messages by queue, waiting or in flight, of every queue whose logical id matches. Queues without any are left out. */
export async function depths(local: Product, which: RegExp): Promise<Record<string, number>> {
  const client = new SQSClient(clientOf(local))
  const found: Record<string, number> = {}
  for (const { logicalId, identity } of local.cloud.resources("AWS::SQS::Queue").filter((each) => which.test(each.logicalId))) {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: identity.ref, AttributeNames: ["All"] }),
    )
    const depth = Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible)
    if (depth > 0) found[logicalId] = depth
  }
  client.destroy()
  return found
}

interface Quarantined {
  reason: string
  shard: string
  sequence: string
  arrivedAt: number
  /** base64 */
  bytes: string
}

/** Every line of every object below quarantine/. */
export async function quarantined(local: Product): Promise<Quarantined[]> {
  const client = new S3Client({ ...clientOf(local), forcePathStyle: true })
  const Bucket = resourceOf(local, "AWS::S3::Bucket", "LakeBucket").identity.ref
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: "quarantine/" }))
  const lines: Quarantined[] = []
  for (const { Key } of Contents) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
    const text = gunzipSync(await Body!.transformToByteArray()).toString("utf8")
    lines.push(
      ...text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as Quarantined),
    )
  }
  client.destroy()
  return lines
}
