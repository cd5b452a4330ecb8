import { DeleteCommand, type Item, PutCommand } from "../dynamo/index.ts"
import * as z from "zod"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { IdOf } from "../id.ts"

/** CONNECTION_TABLE, access patterns: put a notice · all of them, by the sweep, which reads everything anyway · delete one. */
const PK = "notice#"
const keyOf = (id: string) => ({ pk: PK + id, sk: "notice" })

/** What is said to many at once, and is no message: nothing keeps it. */
export const Info = z.object({
  /** The same notice again has the same: who has seen it drops it. */
  id: IdOf("notice"),
  text: z.string(),
  at: z.number(),
  by: z.object({ id: z.string(), name: z.string(), number: z.number().int() }),
})
export type Info = z.infer<typeof Info>

export async function put(notice: Info, keepUntil: number): Promise<void> {
  const Item = { ...keyOf(notice.id), ...notice, ttl: Math.ceil(keepUntil / 1000) }
  await dynamo().send(new PutCommand({ TableName: config("CONNECTION_TABLE"), Item }))
}

/** The notice of an item of the table, undefined for any other item. */
export const noticeOf = (item: Item): Info | undefined => (String(item.pk).startsWith(PK) ? Info.safeParse(item).data : undefined)

export async function remove(id: string): Promise<void> {
  await dynamo().send(new DeleteCommand({ TableName: config("CONNECTION_TABLE"), Key: keyOf(id) }))
}
