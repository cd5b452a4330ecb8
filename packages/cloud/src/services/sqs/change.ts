import { FifoQueue } from "./fifo.ts"
import type { Message, MessageRecord } from "./message.ts"
import type { MoveTask } from "./task-record.ts"
import { type Definition, Queue } from "./queue.ts"
import type { Recent } from "./recent.ts"

/**
 * Everything that ever changes queues, as the journal keeps it. Applying all of them again, in order, gives the same queues;
 * what time alone does (visibility, expiry) is not written down but follows from `at`.
 */
export type Change = { at: number } & (
  | { kind: "define"; queue: Definition; nextOrder?: number }
  | { kind: "drop"; queue: string }
  | { kind: "purge"; queue: string }
  /** `restored` messages were in the queue before the journal was rewritten. */
  | { kind: "add"; queue: string; messages: MessageRecord[]; restored?: true }
  /** Remembers, for deduplication, a message that may be gone. */
  | { kind: "sent"; queue: string; key: string; id: string; order: number }
  | { kind: "receive"; queue: string; ids: string[]; until: number; attempt?: string }
  /** A receive that was asked for again: the same messages, hidden anew, not counted. */
  | { kind: "again"; queue: string; ids: string[]; receives: number[]; until: number; attempt: string }
  | { kind: "hide"; queue: string; id: string; until: number }
  | { kind: "delete"; queue: string; id: string }
  /** A message goes to another queue: `message` is what it is there. */
  | { kind: "move"; from: string; id: string; queue: string; message: MessageRecord; task?: string }
  | { kind: "task"; task: MoveTask }
)

/** The state that changes build up. */
export interface State {
  queues: Map<string, Queue>
  /** Names of queues that were deleted in the last minute. */
  deleted: Recent<true>
  tasks: Map<string, MoveTask>
}

function define(state: State, definition: Definition, nextOrder: number | undefined): void {
  let queue = state.queues.get(definition.name)
  if (queue) queue.define(definition)
  else {
    queue = definition.attributes.FifoQueue === "true" ? new FifoQueue(definition) : new Queue(definition)
    state.queues.set(definition.name, queue)
  }
  if (nextOrder !== undefined) queue.nextOrder = Math.max(queue.nextOrder, nextOrder)
}

function add(queue: Queue, messages: readonly MessageRecord[], at: number, isRestored: boolean): void {
  for (const message of messages) {
    queue.add(message, at)
    const { id, order } = message
    if (queue instanceof FifoQueue && !isRestored)
      queue.sent.set(queue.deduplicationKey(message.group!, message.deduplicationId!), { id, order }, at)
  }
}

/** Makes a change. Queues and messages that are not there (any more) are no error: the change has nothing to do then. */
export function apply(state: State, change: Change): void {
  const { at } = change
  if (change.kind === "define") {
    state.queues.get(change.queue.name)?.settle(at)
    return define(state, change.queue, change.nextOrder)
  }
  if (change.kind === "task") return void state.tasks.set(change.task.id, change.task)
  if (change.kind === "drop") {
    state.queues.delete(change.queue)
    return state.deleted.set(change.queue, true, at)
  }
  const queue = state.queues.get(change.queue)
  if (!queue) return
  queue.settle(at)
  switch (change.kind) {
    case "purge":
      for (const message of queue.messages.values()) queue.remove(message)
      return queue.define({ ...queue.definition, purgedAt: at })
    case "add":
      return add(queue, change.messages, at, change.restored === true)
    case "sent":
      return (queue as FifoQueue).sent.set(change.key, { id: change.id, order: change.order }, at)
    case "receive":
      for (const message of present(queue, change.ids)) queue.take(message, at, change.until)
      if (change.attempt !== undefined) rememberAttempt(queue as FifoQueue, change.attempt, change.ids, change.until, at)
      return
    case "again":
      for (const message of present(queue, change.ids)) queue.hide(message, at, change.until)
      return (queue as FifoQueue).attempts.set(
        change.attempt,
        { ids: change.ids, receives: change.receives, until: change.until },
        at,
      )
    case "hide":
      for (const message of present(queue, [change.id])) queue.hide(message, at, change.until)
      return
    case "delete":
      for (const message of present(queue, [change.id])) queue.remove(message)
      return
    case "move": {
      const from = state.queues.get(change.from)
      from?.settle(at)
      if (from) for (const message of present(from, [change.id])) from.remove(message)
      queue.add(change.message, at)
      const task = change.task === undefined ? undefined : state.tasks.get(change.task)
      if (task) state.tasks.set(task.id, { ...task, moved: task.moved + 1 })
    }
  }
}

const present = (queue: Queue, ids: readonly string[]): Message[] => ids.flatMap((id) => queue.messages.get(id) ?? [])

function rememberAttempt(queue: FifoQueue, attempt: string, ids: string[], until: number, at: number): void {
  const receives = ids.map((id) => queue.messages.get(id)?.receives ?? 0)
  queue.attempts.set(attempt, { ids, receives, until }, at)
}
