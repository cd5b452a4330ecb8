import { randomUUID } from "node:crypto"
import { DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb"
import { bucketAt } from "../../../packages/core/src/roster/bucket.ts"
import type { Product } from "../../../packages/start/src/product.ts"
import { newId } from "../../../packages/cloud/src/gateway/ids.ts"
import { until } from "../product.ts"
import { clientOf, resourceOf } from "../support/cloud.ts"

export interface Lost {
  connectionId: string
  userId: string
}

/** People whose sockets ended without a word: rows and places in rosters that are left of them. */
export function strangers(local: Product) {
  const client = new DynamoDBClient(clientOf(local))
  const TableName = resourceOf(local, "AWS::DynamoDB::Table", "ConnectionTable").identity.ref
  const bucket = (topic: string, number: number) => ({
    pk: { S: `topic#${topic}` },
    sk: { S: `roster#${String(number).padStart(8, "0")}` },
  })
  const rowOf = ({ userId, connectionId }: Lost) => ({ pk: { S: `user#${userId}` }, sk: { S: `connection#${connectionId}` } })
  const lost = (userId = `lost-${randomUUID()}`): Lost => ({ userId, connectionId: newId() })

  /** Lets somebody who is gone listen to a topic, at the first level of a roster that says it is `depth` levels deep. */
  async function listening(topic: string, depth: number, who = lost()): Promise<Lost> {
    const levels = {
      UpdateExpression: "SET #level = :one, #depth = :depth ADD #version :step",
      ExpressionAttributeNames: { "#level": "level", "#depth": "depth", "#version": "version" },
      ExpressionAttributeValues: { ":one": { N: "1" }, ":depth": { N: String(depth) }, ":step": { N: String(Date.now()) } },
    }
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: bucket(topic, bucketAt(1, who.userId)),
        UpdateExpression: "ADD entries :who",
        ExpressionAttributeValues: { ":who": { SS: [`${who.connectionId} ${who.userId}`] } },
      }),
    )
    await client.send(new UpdateItemCommand({ TableName, Key: bucket(topic, 1), ...levels }))
    return who
  }

  return {
    listening,
    /** A row of a connection that is gone, opened `ago` and vouched for until `left` from now, both in milliseconds. */
    async row(userId: string, topic: string, { ago, left }: { ago: number; left: number }): Promise<Lost> {
      const who = lost(userId)
      const at = local.cloud.now()
      await listening(topic, 1, who)
      const Item = {
        ...rowOf(who),
        connectionId: { S: who.connectionId },
        userId: { S: userId },
        role: { S: "member" },
        connectedAt: { N: String(at - ago) },
        expiresAt: { N: String(at + left) },
        topics: { SS: [topic] },
        ttl: { N: String(Math.ceil(at / 1000) + 7_200) },
      }
      await client.send(new PutItemCommand({ TableName, Item }))
      return who
    },
    /** Waits until a function found out: the place in the roster is free, and the row a tombstone or gone. */
    async forgotten(who: Lost, topic: string): Promise<void> {
      const read = async (Key: Record<string, { S: string }>) =>
        (await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item
      await until(`${who.userId} is forgotten`, async () => {
        const [row, place] = [await read(rowOf(who)), await read(bucket(topic, bucketAt(1, who.userId)))]
        return (!row || row.closedAt !== undefined) && !place?.entries?.SS?.some((entry) => entry.includes(who.connectionId))
      })
    },
    end: () => client.destroy(),
  }
}
