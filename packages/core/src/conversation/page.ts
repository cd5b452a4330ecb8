import { QueryCommand } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { decode, encode } from "./cursor.ts"

interface PageOptions {
  pk: string
  /** Of the sort keys; also what a cursor must begin with. */
  prefix: string
  cursor?: string
  limit: number
  newestFirst?: boolean
}

/** One page of a partition by sort key. A page may be shorter than asked for where DynamoDB's 1 MB ends it; `next` says so. */
export async function page({
  pk,
  prefix,
  cursor,
  limit,
  newestFirst,
}: PageOptions): Promise<{ items: Record<string, unknown>[]; next?: string }> {
  const sk = decode(cursor, prefix)
  const { Items = [], LastEvaluatedKey } = await dynamo().send(
    new QueryCommand({
      TableName: config("CONVERSATION_TABLE"),
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
      ExpressionAttributeValues: { ":pk": pk, ":prefix": prefix },
      ConsistentRead: true,
      ScanIndexForward: !newestFirst,
      Limit: limit,
      ExclusiveStartKey: sk === undefined ? undefined : { pk, sk },
    }),
  )
  return { items: Items, next: encode(LastEvaluatedKey?.sk) }
}
