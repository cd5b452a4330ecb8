import { dynamo } from "../aws.ts"
import { inBatches } from "./batch.ts"
import { BatchWriteCommand } from "./client.ts"
import type { Item, Key } from "./key.ts"

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const MOST = 25

type Write = { PutRequest: { Item: Item } } | { DeleteRequest: { Key: Key } }

/** Puts and deletes items, without conditions and in no order: some may be done where it throws. `busy` is thrown where the table leaves some over again and again. */
export const writeAll = (table: string, writes: readonly Write[], busy?: () => Error): Promise<void> =>
  inBatches(
    writes,
    MOST,
    async (some) => {
      const { UnprocessedItems } = await dynamo().send(new BatchWriteCommand({ RequestItems: { [table]: some } }))
      return UnprocessedItems?.[table] as Write[] | undefined
    },
    busy,
  )
