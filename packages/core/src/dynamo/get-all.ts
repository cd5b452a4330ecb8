import { dynamo } from "../aws.ts"
import { inBatches } from "./batch.ts"
import { BatchGetCommand } from "./client.ts"
import { type Item, type Key, keyOf } from "./key.ts"

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const MOST = 100

interface Options {
  ConsistentRead?: boolean
  /** What is thrown where the table leaves keys over again and again. */
  busy?: () => Error
}

/** Items by their keys, each where its key stood, nothing for none. */
export async function getAll(
  table: string,
  keys: readonly (Key | undefined)[],
  { ConsistentRead = true, busy }: Options = {},
): Promise<(Item | undefined)[]> {
  const found = new Map<string, Item>()
  const asked: Item[] = keys.filter((key) => key !== undefined).map((key) => ({ ...keyOf(key) }))
  const send = async (Keys: Item[]) => {
    const { Responses, UnprocessedKeys } = await dynamo().send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys, ConsistentRead } } }),
    )
    for (const item of Responses?.[table] ?? []) found.set(`${item.pk} ${item.sk}`, item)
    return UnprocessedKeys?.[table]?.Keys
  }
  await inBatches(asked, MOST, send, busy)
  return keys.map((key) => key && found.get(`${key.pk} ${key.sk}`))
}
