import { IS_THERE, QueryCommand, unlessRefused, UpdateCommand } from "../dynamo/index.ts"
import * as z from "zod"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { LakeObject } from "../lake/index.ts"
import { log } from "../logger.ts"
import { listProgress } from "./progress.ts"
import { announce } from "./queue.ts"
import { everyPending, pendingKey } from "./table.ts"

/** Objects of one shard that one run looks at, oldest first; the rest waits for the next run. */
const MOST = 500
/** An object that was announced so often is for a person to look at: the loader refuses it each time. */
const GIVE_UP = 12

const Pending = LakeObject.extend({
  /** When it was last told to the loader, epoch milliseconds. */
  announcedAt: z.number(),
  /** How often it was told again. */
  announcements: z.int().default(0),
})
type Pending = z.output<typeof Pending>

async function oldestPending(stream: string, shard: string): Promise<Pending[]> {
  const { Items = [] } = await dynamo().send(
    new QueryCommand({
      TableName: config("INGEST_TABLE"),
      ...everyPending(stream, shard),
      ConsistentRead: true,
      Limit: MOST,
    }),
  )
  return Items.map((item) => Pending.parse(item))
}

/** A row that the loader has deleted meanwhile stays deleted. */
async function mark(object: Pending): Promise<void> {
  await unlessRefused(
    dynamo().send(
      new UpdateCommand({
        TableName: config("INGEST_TABLE"),
        Key: pendingKey(object),
        UpdateExpression: "SET announcedAt = :now, announcements = :count",
        ConditionExpression: IS_THERE,
        ExpressionAttributeValues: { ":now": now(), ":count": object.announcements + 1 },
      }),
    ),
  )
}

/** Each time is one wait longer than the last, so an object that cannot be loaded costs less and less. */
const isOverdue = (object: Pending, waitMs: number): boolean =>
  object.announcements < GIVE_UP && now() - object.announcedAt >= waitMs * (1 + object.announcements)

/**
 * Tells the loader again about objects that have been pending for longer than a load takes: their message is in the dead letter, is hidden
 * behind a loader that died with it, or was never sent because the consumer died for good after its commit. Sent first, marked second: dying
 * in between sends a message too many, which the load ledger knows. Says how many were told.
 */
export async function reannounce(): Promise<{ announced: number }> {
  const waitMs = config("LOAD_OVERDUE_SECONDS") * 1000
  let announced = 0
  for (const { stream, shard } of await listProgress()) {
    const overdue = (await oldestPending(stream, shard)).filter((object) => isOverdue(object, waitMs))
    if (overdue.length === 0) continue
    await announce(overdue.map((object) => LakeObject.parse(object)))
    for (const object of overdue) await mark(object)
    announced += overdue.length
    const last = overdue.filter(({ announcements }) => announcements + 1 === GIVE_UP)
    if (last.length > 0)
      log.error("objects were announced for the last time", { stream, shard, keys: last.map(({ key }) => key) })
  }
  if (announced > 0) log.warn("overdue objects were announced again", { announced })
  return { announced }
}
