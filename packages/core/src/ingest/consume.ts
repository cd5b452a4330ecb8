import { GetCommand, IS_NEW, queryAll, TransactWriteCommand } from "../dynamo/index.ts"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { AppError } from "../error.ts"
import { labelOf } from "../event/index.ts"
import { LakeObject, type Placed, type Refused, write } from "../lake/index.ts"
import { entryItem } from "../quarantine/table.ts"
import { announce } from "./queue.ts"
import { type Batch, type RawRecord, sort } from "./record.ts"
import { pendingItem, pendingTo, Progress, progressItem, progressKey } from "./table.ts"

async function findProgress(stream: string, shard: string): Promise<Progress | undefined> {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: config("INGEST_TABLE"), Key: progressKey(stream, shard), ConsistentRead: true }),
  )
  return Item && Progress.parse(Item)
}

/** Pending objects that hold records from `first` to `last`. */
async function listPending(stream: string, shard: string, first: string, last: string): Promise<LakeObject[]> {
  const items = await queryAll({
    TableName: config("INGEST_TABLE"),
    ...pendingTo(stream, shard, last),
    ConsistentRead: true,
  })
  return items.map((item) => LakeObject.parse(item)).filter(({ lastSequence }) => BigInt(lastSequence) >= BigInt(first))
}

function advance(before: Progress | undefined, batch: Batch, last: RawRecord, events: Placed[], refused: Refused[]): Progress {
  const counts = { ...before?.counts }
  for (const { event } of events) counts[event.type] = (counts[event.type] ?? 0) + 1
  const recent = events
    .slice(-5)
    .toReversed()
    .map(({ event }) => ({ id: event.id, type: event.type, at: event.at, label: labelOf(event) }))
  return {
    stream: batch.stream,
    shard: batch.shard,
    consumed: last.sequence,
    arrivedAt: last.arrivedAt,
    counts,
    quarantined: (before?.quarantined ?? 0) + refused.length,
    recent: [...recent, ...(before?.recent ?? [])].slice(0, 5),
  }
}

/** One transaction, on the condition that nobody moved the shard meanwhile: an object is pending, or a person is told of it, exactly if its records are counted. */
async function commit(
  before: Progress | undefined,
  after: Progress,
  objects: readonly LakeObject[],
  quarantined: readonly object[],
): Promise<void> {
  const TableName = config("INGEST_TABLE")
  const unmoved = before
    ? {
        ConditionExpression: "#consumed = :before",
        ExpressionAttributeNames: { "#consumed": "consumed" },
        ExpressionAttributeValues: { ":before": before.consumed },
      }
    : { ConditionExpression: IS_NEW }
  const pending = objects.map((object) => ({ Put: { TableName, Item: pendingItem(object, now()) } }))
  await dynamo().send(
    new TransactWriteCommand({
      TransactItems: [
        { Put: { TableName, Item: progressItem(after), ...unmoved } },
        ...pending,
        ...quarantined.map((Item) => ({ Put: { TableName, Item } })),
      ],
    }),
  )
}

const isAfter = (sequence: string, consumed: string | undefined): boolean =>
  consumed === undefined || BigInt(sequence) > BigInt(consumed)

async function consumeShard(batch: Batch): Promise<void> {
  const before = await findProgress(batch.stream, batch.shard)
  const fresh = batch.records.filter(({ sequence }) => isAfter(sequence, before?.consumed))
  const replayed = batch.records.length - fresh.length
  // A replay: the first delivery may have died before its messages were sent.
  if (replayed > 0) {
    const [from, to] = [batch.records[0]!.sequence, batch.records[replayed - 1]!.sequence]
    await announce(await listPending(batch.stream, batch.shard, from, to))
  }
  const first = fresh[0]
  const last = fresh.at(-1)
  if (!first || !last) return
  const { events, refused } = sort({ ...batch, records: fresh })
  const span = {
    stream: batch.stream,
    shard: batch.shard,
    first: first.sequence,
    last: last.sequence,
    arrivedAt: first.arrivedAt,
  }
  const objects = await write(span, events, refused)
  await commit(
    before,
    advance(before, batch, last, events, refused),
    objects,
    refused.length > 0 ? [entryItem(span, refused.length)] : [],
  )
  await announce(objects)
}

/**
 * Takes one batch of a shard into the lake: objects → pending rows and progress (one transaction) → messages to the loader.
 * Dying after any step loses and doubles nothing. Before the transaction a replay writes the same bytes to the same keys; after it
 * the records are known, and the replay only sends the messages of what is still pending. Bad records go to quarantine and never
 * fail a batch. Needs one consumer per shard at a time (parallelization factor 1), else `consumed` would skip the slower one's records.
 * Throws `unavailable.*` where the batch has to be delivered again.
 */
export async function consume(batch: Batch): Promise<void> {
  try {
    await consumeShard(batch)
  } catch (error) {
    if (error instanceof AppError || !isFromAws(error)) throw error
    throw new AppError("unavailable", "unavailable.ingest", "The ingest table did not answer. The batch is delivered again.", {
      cause: error,
    })
  }
}

const isFromAws = (error: unknown): boolean => typeof error === "object" && error !== null && "$metadata" in error
