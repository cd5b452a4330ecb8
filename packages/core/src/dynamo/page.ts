import { dynamo } from "../aws.ts"
import { QueryCommand } from "./client.ts"
import { cursorOf, readCursor, refusedCursor } from "./cursor.ts"
import { beginning, type Item } from "./key.ts"

interface Options {
  table: string
  pk: string
  /** Of the sort keys; also what a cursor must begin with. */
  prefix: string
  cursor?: string
  limit: number
  newestFirst?: boolean
  ConsistentRead?: boolean
}

function startOf(cursor: string, prefix: string): string {
  const sk = readCursor(cursor, /^[\w#]{1,100}$/)
  if (sk.startsWith(prefix)) return sk
  throw refusedCursor()
}

/** One page of a partition by sort key. A page may be shorter than asked for where DynamoDB's 1 MB ends it; `next` says so. */
export async function page({
  table: TableName,
  pk,
  prefix,
  cursor,
  limit: Limit,
  newestFirst,
  ConsistentRead = true,
}: Options): Promise<{ items: Item[]; next?: string }> {
  const { Items = [], LastEvaluatedKey } = await dynamo().send(
    new QueryCommand({
      TableName,
      ...beginning({ pk, prefix }),
      ConsistentRead,
      ScanIndexForward: !newestFirst,
      Limit,
      ExclusiveStartKey: cursor === undefined ? undefined : { pk, sk: startOf(cursor, prefix) },
    }),
  )
  return { items: Items, next: LastEvaluatedKey && cursorOf(String(LastEvaluatedKey.sk)) }
}
