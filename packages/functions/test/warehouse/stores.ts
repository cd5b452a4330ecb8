import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb"
import { startEngine } from "../../../cloud/src/services/dynamodb/engine.ts"
import { startWarehouse } from "../../../cloud/src/services/redshift-data/testing.ts"
import type { Event } from "../../../core/src/event/index.ts"
import { write } from "../../../core/src/lake/index.ts"
import type { LakeObject } from "../../../core/src/lake/object.ts"

const TABLES = { INGEST_TABLE: "ingest", ANALYTICS_TABLE: "analytics", MODEL_TABLE: "models" }
const BUCKET = "concert-lake"

/** The warehouse's Data API on DuckDB, DynamoDB on its engine, and S3 in memory, all behind the real SDK clients of core. */
export async function startStores() {
  const warehouse = await startWarehouse()
  const engine = await startEngine(undefined)
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (request.method === "PUT")
      warehouse.objects.set(decodeURIComponent(new URL(request.url!, "http://s3").pathname), Buffer.concat(chunks))
    const found =
      request.method === "GET" && warehouse.objects.get(decodeURIComponent(new URL(request.url!, "http://s3").pathname))
    if (request.method === "GET")
      return void response.writeHead(found ? 200 : 404).end(found || "<Error><Code>NoSuchKey</Code></Error>")
    response.writeHead(200, { etag: '"x"' }).end()
  }
  const bucket = createServer((request, response) => void answer(request, response))
  bucket.listen(0, "127.0.0.1")
  await once(bucket, "listening")
  const { hostname, port } = await warehouse.client.config.endpoint!()
  Object.assign(process.env, {
    ...TABLES,
    LAKE_BUCKET: BUCKET,
    MODEL_BUCKET: "models",
    WAREHOUSE_WORKGROUP: "backline",
    WAREHOUSE_DATABASE: "backline",
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_REDSHIFT_DATA: `http://${hostname}:${port}`,
    AWS_ENDPOINT_URL_DYNAMODB: engine.url,
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(bucket.address() as AddressInfo).port}`,
  })
  for (const TableName of Object.values(TABLES))
    await new DynamoDBClient({}).send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
        AttributeDefinitions: [
          { AttributeName: "pk", AttributeType: "S" },
          { AttributeName: "sk", AttributeType: "S" },
        ],
      }),
    )
  const stop = async () => {
    bucket.closeAllConnections()
    bucket.close()
    await engine.stop()
    await warehouse.stop()
  }
  return { objects: warehouse.objects, clock: warehouse.clock, client: warehouse.client, bucket: BUCKET, stop }
}

/** One Kinesis batch written to the lake by the consumer's own code; sequence numbers count from `first`. */
export function toLake(events: readonly Event[], first: number): Promise<LakeObject[]> {
  const arrivedAt = Date.UTC(2024, 4, 1, 10)
  const placed = events.map((event, n) => ({ event, shard: "shardId-000000000000", sequence: String(first + n), arrivedAt }))
  const span = {
    stream: "concert",
    shard: "shardId-000000000000",
    first: String(first),
    last: String(first + events.length - 1),
    arrivedAt,
  }
  return write(span, placed, [])
}
