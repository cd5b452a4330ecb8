import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi"
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb"
import { inParallel } from "../../packages/core/src/parallel.ts"
import { PRICES } from "../../packages/cloud/src/prices/prices.ts"
import type { Product } from "../../test/e2e/product.ts"
import { administrator, controlOf } from "./control.ts"
import { perMillion, spent } from "./bill.ts"

const MESSAGES = 4
const PARALLEL = 16

interface Counted {
  /** Dollars a million messages, at as many connections as there are now. */
  now: number
  /** The same where the table has so many more. */
  at(connections: number): number
}

/**
 * The design that most tutorials end with: for each message scan the table of connections and post to each of the room. Done here by an administrator
 * on the product's own table and sockets, and priced from its own lines of the bill.
 */
export async function scanAndPost(product: Product, members: number, frame: string): Promise<Counted> {
  const settings = administrator(product)
  const [dynamo, gateway] = [new DynamoDBClient(settings), new ApiGatewayManagementApiClient(settings)]
  const control = controlOf(product)
  const TableName = await control.connectionTable()
  const sockets = (await control.sockets()).filter(({ open }) => open)
  const Data = Buffer.from(frame)
  const bill = await spent(product, async () => {
    for (let message = 0; message < MESSAGES; message++) {
      for (let from: Record<string, any> | undefined, first = true; first || from; first = false)
        from = (await dynamo.send(new ScanCommand({ TableName, ExclusiveStartKey: from }))).LastEvaluatedKey
      await inParallel(
        sockets.slice(0, members),
        PARALLEL,
        async ({ connectionId: ConnectionId }) => void (await gateway.send(new PostToConnectionCommand({ ConnectionId, Data }))),
      )
    }
  })
  const reads = perMillion(bill, MESSAGES, "dynamodb readRequestUnit")
  const posts = perMillion(bill, MESSAGES, "apigateway message")
  /** The message that came in, and the function that it ran. */
  const others = PRICES.apigateway.message + PRICES.lambda.request
  return { now: reads + posts + others, at: (connections) => (reads * connections) / sockets.length + posts + others }
}
