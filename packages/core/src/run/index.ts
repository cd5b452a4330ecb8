import { IS_THERE, unlessConflict, unlessRefused, UpdateCommand } from "../dynamo/index.ts"
import * as z from "zod"
import { actingOwner } from "../actor.ts"
import { dynamo } from "../aws.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { fn } from "../fn.ts"
import { IdOf } from "../id.ts"
import { closeIfAbandoned } from "./abandoned.ts"
import { find, log, PAGE } from "./read.ts"
import { headKey, Info, isOver } from "./table.ts"
import { Key } from "../text.ts"

export type * from "./event.ts"
export { closeIfAbandoned }
export { comeAgain } from "./again.ts"
export { frameOf } from "./event.ts"
export { find, log } from "./read.ts"
export { Said } from "./said.ts"
export { headItem, headKey, Info, isOver, partition } from "./table.ts"

export const missing = () => new AppError("missing", "missing.run", "There is no such run among your conversations.")

/** A run of the signed-in person; `missing.run` for any other. An id that is no run id is as missing as a foreign one. */
export async function get({ id }: { id: string }): Promise<Info> {
  const run = IdOf("run").safeParse(id).success ? await find(id) : undefined
  if (!run || run.userId !== actingOwner()) throw missing()
  return run
}

/** Which part of a run's log: up to 100 events after an offset. */
export const Window = z.object({
  after: z.coerce.number("must be an offset of this run").int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(PAGE).optional(),
})

/** A part of a run's log. The head is read first, so a run that is over is always shown with its last event within reach. */
export async function page({ runId, conversationId, messageId, state }: Info, { after, limit }: z.output<typeof Window>) {
  return { runId, conversationId, messageId, state, ...(await log(runId, after, limit)) }
}

/** The log of one's own run, which ends with this question where its workers died long ago. */
export const events = fn(
  () => z.object({ id: Key(64) }).extend(Window.shape),
  async ({ id, ...window }) => {
    const run = await get({ id })
    return page((await closeIfAbandoned(run)) ? await get({ id }) : run, window)
  },
)

/** Asks the run's worker to stop: it does within a second, and says so in the log. Nothing happens to a run that is over. */
export const stop = fn(
  () => z.object({ id: Key(64) }),
  async ({ id }) => {
    const run = await get({ id })
    if (isOver(run.state)) return {}
    // Refused where it ended in the meantime.
    await unlessRefused(
      unlessConflict(() =>
        dynamo().send(
          new UpdateCommand({
            TableName: config("CONVERSATION_TABLE"),
            Key: headKey(run.runId),
            UpdateExpression: "SET stopRequested = :yes",
            ConditionExpression: `${IS_THERE} AND #state IN (:queued, :running)`,
            ExpressionAttributeNames: { "#state": "state" },
            ExpressionAttributeValues: { ":yes": true, ":queued": "queued", ":running": "running" },
          }),
        ),
      ),
    )
    return {}
  },
)

/** Waits until the run is over, at most so many milliseconds, and gives its head then. */
export async function wait(runId: string, atMostMs: number): Promise<Info> {
  const started = performance.now()
  for (let pause = 60; ; pause = Math.min(500, pause * 1.4)) {
    const run = await find(runId)
    if (!run) throw missing()
    if (isOver(run.state) || performance.now() - started + pause > atMostMs) return run
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}
