import { PutObjectCommand } from "../../s3/index.ts"
import { bumpVersion } from "../../analytics/version.ts"
import { s3 } from "../../aws.ts"
import { config } from "../../config.ts"
import { AppError } from "../../error.ts"
import { log, metric } from "../../logger.ts"
import { transaction } from "../index.ts"
import { batches, batchId, type LoadObject, manifestKey, manifestOf } from "./object.ts"
import { forgetPending } from "./pending.ts"
import { statementsOf } from "./statements.ts"

export { LoadObject } from "./object.ts"

async function putManifest(bucket: string, id: string, objects: readonly LoadObject[]): Promise<void> {
  const Body = manifestOf(bucket, objects)
  await s3().send(new PutObjectCommand({ Bucket: bucket, Key: manifestKey(id), Body, ContentType: "application/json" }))
}

/** Whether the statement itself ended badly, as opposed to not being reached or not being over. */
const ended = (error: unknown): boolean =>
  error instanceof AppError &&
  ["internal.query_failed", "unavailable.query_cancelled", "unavailable.query_conflict"].includes(error.code)

/**
 * The Data API remembers a ClientToken for 8 hours: a repeat of a load that runs or is done returns that one. A load that failed is
 * remembered as well, so a later delivery (`attempt` > 1) asks for it again under a token of its own.
 */
async function run(id: string, sqls: readonly string[], attempt: number): Promise<void> {
  const name = `load-${id}`
  try {
    await transaction(sqls, { name, clientToken: name, onTimeout: "leave" })
  } catch (error) {
    if (attempt === 1 || !ended(error)) throw error
    await transaction(sqls, { name, clientToken: `${name}-${attempt}`, onTimeout: "leave" })
  }
}

async function loadBatch(objects: readonly LoadObject[], attempt: number): Promise<void> {
  const bucket = config("LAKE_BUCKET")
  const id = batchId(objects.map(({ key }) => key))
  const { table } = objects[0]!
  const started = performance.now()
  await putManifest(bucket, id, objects)
  await run(id, statementsOf(table, id, bucket, objects), attempt)
  log.info("batch was loaded", { batchId: id, table, objects: objects.length, ms: Math.round(performance.now() - started) })
  metric({ ObjectsLoaded: objects.length, RowsStaged: objects.reduce((sum, { rows }) => sum + rows, 0) }, { Table: table })
}

/**
 * Loads objects of the lake: one transaction per table and 500 objects. Afterwards the pending rows go and the data version rises; a crash
 * in between is mended by the next delivery, which finds the load done. `attempt` counts deliveries of these objects from 1.
 */
export async function load(objects: readonly LoadObject[], options: { attempt: number }): Promise<void> {
  for (const batch of batches(objects)) {
    await loadBatch(batch, options.attempt)
    await bumpVersion()
    await forgetPending(batch)
  }
}
