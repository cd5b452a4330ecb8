import { getAll, GetCommand } from "../dynamo/index.ts"
import { useUser } from "../actor.ts"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { IdOf } from "../id.ts"
import { Recent } from "../recent.ts"
import { isActive, view } from "../room/read.ts"
import { Head, headKey } from "./table.ts"

/** The same for a document that does not exist and for one that is somebody else's. */
export const missing = () => new AppError("missing", "missing.document", "There is no such document among those you may open.")

export const busy = (cause?: unknown) =>
  new AppError("unavailable", "unavailable.document", "Too many write to this document at once. Send the same again.", {
    retryAfterMs: 500,
    cause,
  })

/** The head, whoever asks, or undefined. */
export async function find(id: string): Promise<Head | undefined> {
  if (!IdOf("document").safeParse(id).success) return undefined
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: config("DOCUMENT_TABLE"), Key: headKey(id), ConsistentRead: true }),
  )
  return Item && Head.parse(Item)
}

/** Heads by id. */
export async function findAll(ids: readonly string[], ConsistentRead = false): Promise<Map<string, Head>> {
  const items = await getAll(config("DOCUMENT_TABLE"), ids.map(headKey), { ConsistentRead })
  const heads = items.flatMap((item) => (item ? [Head.parse(item)] : []))
  return new Map(heads.map((head) => [head.id, head]))
}

async function mayOpen({ owner, members, room }: Head, userId: string): Promise<boolean> {
  if (owner === userId || members.includes(userId)) return true
  return room !== undefined && isActive((await view(room, userId)).member)
}

/** The head of a document that the signed-in person may read and write, or `missing.document`. */
export async function open(id: string): Promise<Head> {
  const head = await find(id)
  if (!head || !(await mayOpen(head, useUser().userId))) throw missing()
  return head
}

/** How long a right that was seen is believed where nothing is stored: rights end within a minute of their withdrawal. */
const BELIEVED_MS = 20_000
const seen = new Recent<number>(5_000)

/** As `open`, but asks the table only every 20 s for each person and document: for cursors, which move far more often than rights. */
export async function allow(id: string): Promise<void> {
  const key = `${useUser().userId} ${id}`
  if ((seen.get(key) ?? 0) > now()) return
  await open(id)
  seen.set(key, now() + BELIEVED_MS)
}
