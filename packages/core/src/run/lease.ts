import { IS_NEW, IS_THERE, transact, unlessConflict, unlessRefused, UpdateCommand } from "../dynamo/index.ts"
import { ulid } from "ulid"
import { dynamo } from "../aws.ts"
import { now } from "../clock.ts"
import { config } from "../config.ts"
import { answerItem, type Answer, conversationKey } from "../conversation/table.ts"
import type { EventBody, RunEvent, Terminal } from "./event.ts"
import { find } from "./read.ts"
import { storable } from "./storable.ts"
import { eventItem, headKey, Info } from "./table.ts"

/**
 * Who may write a run. A delivery takes the run by a conditional update of its head (owner, time limit); every append names the owner
 * and the offset it builds on and moves both in one transaction with the event, so of two deliveries only one can ever write, and
 * offsets have neither gaps nor doubles. Appends renew the lease; so does a beat during silence. After a crash the lease runs out
 * and the next delivery starts the answer over: its first event is an empty `text` with `reset`, which tells every reader to forget
 * the text of the attempt before. The terminal event, the state of the head and the stored answer are one transaction: exactly one
 * terminal event, and what is stored is what was sent.
 */
export interface Lease {
  readonly run: Info
  readonly owner: string
  /** Offset of the last event in the log. */
  offset: number
}

/** Three times the longest silence between two beats. */
const LEASE_MS = 30_000

/** The lease went to another delivery, or the conversation was removed: stop without another word. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost"
  constructor() {
    super("This run is written by another delivery, is over, or was removed.")
  }
}

const table = () => config("CONVERSATION_TABLE")

/** Takes a run that is not over and that nobody is writing; undefined where there is nothing to do. */
export async function take(runId: string): Promise<Lease | undefined> {
  const owner = ulid()
  const at = now()
  const taken = await unlessRefused(
    unlessConflict(() =>
      dynamo().send(
        new UpdateCommand({
          TableName: table(),
          Key: headKey(runId),
          UpdateExpression: "SET #state = :running, leaseOwner = :owner, leaseUntil = :until, attempt = attempt + :one",
          ConditionExpression: `${IS_THERE} AND #state IN (:queued, :running) AND (attribute_not_exists(leaseUntil) OR leaseUntil < :now)`,
          ExpressionAttributeNames: { "#state": "state" },
          ExpressionAttributeValues: {
            ":queued": "queued",
            ":running": "running",
            ":owner": owner,
            ":until": at + LEASE_MS,
            ":one": 1,
            ":now": at,
          },
          ReturnValues: "ALL_NEW",
        }),
      ),
    ),
  )
  const run = taken && Info.parse(taken.Attributes)
  return run && { run, owner, offset: run.offset }
}

/** Keeps the lease through a silence and says whether someone asked to stop. Throws LeaseLost. */
export async function beat(lease: Lease): Promise<{ stopRequested: boolean }> {
  const held = await unlessRefused(
    unlessConflict(() =>
      dynamo().send(
        new UpdateCommand({
          TableName: table(),
          Key: headKey(lease.run.runId),
          UpdateExpression: "SET leaseUntil = :until",
          ConditionExpression: "leaseOwner = :owner AND #state = :running",
          ExpressionAttributeNames: { "#state": "state" },
          ExpressionAttributeValues: { ":until": now() + LEASE_MS, ":owner": lease.owner, ":running": "running" },
          ReturnValues: "ALL_NEW",
        }),
      ),
    ),
  )
  if (!held) throw new LeaseLost()
  return { stopRequested: held.Attributes?.stopRequested === true }
}

/** Moves the head from one offset to the next, if the lease is still ours. */
function moveHead(lease: Lease, offset: number, state: Info["state"]) {
  const over = state !== "running"
  return {
    Update: {
      TableName: table(),
      Key: headKey(lease.run.runId),
      UpdateExpression: `SET #offset = :next, #state = :state${over ? " REMOVE leaseOwner, leaseUntil" : ", leaseUntil = :until"}`,
      ConditionExpression: "leaseOwner = :owner AND #offset = :offset AND #state = :running",
      ExpressionAttributeNames: { "#offset": "offset", "#state": "state" },
      ExpressionAttributeValues: {
        ":next": offset,
        ":state": state,
        ":owner": lease.owner,
        ":offset": lease.offset,
        ":running": "running",
        ...(over ? {} : { ":until": now() + LEASE_MS }),
      },
    },
  }
}

const putEvent = (lease: Lease, event: RunEvent) => ({
  Put: { TableName: table(), Item: eventItem(lease.run.runId, event, now()), ConditionExpression: IS_NEW },
})

/** A write whose answer was lost is refused when it is tried again, since it has moved the head itself. Nobody else has this owner. */
async function hasLanded({ run, owner, offset }: Lease): Promise<boolean> {
  const head = await find(run.runId)
  return head?.leaseOwner === owner && head.offset === offset + 1
}

/** Appends one event, made storable: offset, head and log in one transaction. Gives it as it was stored. Throws LeaseLost. */
export async function append(lease: Lease, body: EventBody): Promise<RunEvent> {
  const event: RunEvent = storable({ offset: lease.offset + 1, ...body })
  const refused = await transact({ head: moveHead(lease, event.offset, "running"), event: putEvent(lease, event) })
  if (refused.size > 0 && !(await hasLanded(lease))) throw new LeaseLost()
  lease.offset = event.offset
  return event
}

/** Ends the run, with what is storable already: terminal event, state, the stored answer and the conversation's time in one transaction. Throws LeaseLost, also for a removed conversation. */
export async function finish(lease: Lease, terminal: Terminal, answer: Answer): Promise<RunEvent> {
  const event: RunEvent = { offset: lease.offset + 1, ...terminal }
  const { conversationId, userId } = lease.run
  const refused = await transact({
    head: moveHead(lease, event.offset, terminal.kind),
    event: putEvent(lease, event),
    answer: { Put: { TableName: table(), Item: answerItem(lease.run, answer, now()) } },
    conversation: {
      Update: {
        TableName: table(),
        Key: conversationKey(userId, conversationId),
        UpdateExpression: "SET updatedAt = :now",
        ConditionExpression: IS_THERE,
        ExpressionAttributeValues: { ":now": now() },
      },
    },
  })
  if (refused.size > 0) throw new LeaseLost()
  lease.offset = event.offset
  return event
}
