import type { Change, State } from "./change.ts"
import { FifoQueue } from "./fifo.ts"
import { recordOf } from "./message.ts"

/** Messages in one line of a rewritten journal; a line is one write. */
const LINE_MESSAGES = 100

/** The changes that build up `state` from nothing: what a rewritten journal holds. */
export function* snapshot(state: State, now: number): Generator<Change> {
  for (const queue of state.queues.values()) {
    const { name } = queue
    yield { kind: "define", at: now, queue: queue.definition, nextOrder: queue.nextOrder }
    if (queue instanceof FifoQueue) {
      for (const { key, at, value } of queue.sent.entries(now)) yield { kind: "sent", at, queue: name, key, ...value }
      // Before its messages, so that it is remembered and hides nothing.
      for (const { key, at, value } of queue.attempts.entries(now))
        yield { kind: "again", at, queue: name, attempt: key, ...value }
    }
    const messages = [...queue.messages.values()]
    for (let from = 0; from < messages.length; from += LINE_MESSAGES) {
      const some = messages.slice(from, from + LINE_MESSAGES).map(recordOf)
      yield { kind: "add", at: now, queue: name, messages: some, restored: true }
    }
  }
  for (const { key, at } of state.deleted.entries(now)) yield { kind: "drop", at, queue: key }
  for (const task of state.tasks.values()) yield { kind: "task", at: now, task }
}

const TIMES = new Set([
  "at",
  "until",
  "sentAt",
  "enteredAt",
  "visibleAt",
  "firstReceivedAt",
  "receivedAt",
  "createdAt",
  "modifiedAt",
  "purgedAt",
  "startedAt",
])

/** The same change at another time. */
export function shifted<Value>(value: Value, ms: number): Value {
  if (Array.isArray(value)) return value.map((each) => shifted(each, ms)) as Value
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      TIMES.has(name) && typeof each === "number" ? each + ms : shifted(each, ms),
    ]),
  ) as Value
}
