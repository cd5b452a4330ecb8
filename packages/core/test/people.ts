import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { CreateTableCommand } from "@aws-sdk/client-dynamodb"
import { startEngine } from "../../local/src/services/dynamodb/engine.ts"
import { dynamo } from "../src/aws.ts"

const string = (AttributeName: string) => ({ AttributeName, AttributeType: "S" as const })
const key = (hash: string, range = "sk") => [
  { AttributeName: hash, KeyType: "HASH" as const },
  { AttributeName: range, KeyType: "RANGE" as const },
]

/** The account and connection tables on the real engine; names in the environment as a stack gives them. */
export async function createPeopleTables(): Promise<void> {
  Object.assign(process.env, { ACCOUNT_TABLE: "account", CONNECTION_TABLE: "connection" })
  await dynamo().send(
    new CreateTableCommand({
      TableName: "account",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: key("pk"),
      AttributeDefinitions: [string("pk"), string("sk")],
    }),
  )
  await dynamo().send(
    new CreateTableCommand({
      TableName: "connection",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: key("pk"),
      AttributeDefinitions: [string("pk"), string("sk"), string("userPk")],
      GlobalSecondaryIndexes: [{ IndexName: "byUser", KeySchema: key("userPk"), Projection: { ProjectionType: "ALL" } }],
    }),
  )
}

/** DynamoDB on its engine, and an @connections that keeps what was posted and answers the statuses it is told to. */
export async function startPeople() {
  const engine = await startEngine(undefined)
  const posted: { connectionId: string; body: string }[] = []
  const statuses = new Map<string, number>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const connectionId = decodeURIComponent((request.url ?? "").split("/@connections/")[1] ?? "")
    const status = statuses.get(connectionId) ?? 200
    if (status === 200) posted.push({ connectionId, body: Buffer.concat(chunks).toString("utf8") })
    response.writeHead(status, status === 410 ? { "x-amzn-errortype": "GoneException" } : {}).end()
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ENDPOINT_URL_DYNAMODB: engine.url,
    WEBSOCKET_URL: "wss://example.com/live",
  })
  await createPeopleTables()
  return {
    posted,
    statuses,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await engine.stop()
    },
  }
}
