import type { MoveTask } from "./task-record.ts"
import { randomUUID } from "node:crypto"
import type { Clock } from "../../clock.ts"
import { type Message, recordOf } from "./message.ts"
import type { Queue } from "./queue.ts"
import type { Queues } from "./queues.ts"

/** The most that AWS lets a task ask for; what is not limited goes at this rate. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
export const MAX_RATE = 500

/** Messages that are due within this time are moved together. */
const STEP_MS = 20

/** What a message is in the queue it moves to: a new one. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html */
const redriven = (message: Message, destination: Queue, now: number) => {
  const { source: _, firstReceivedAt: __, receivedAt: ___, ...record } = recordOf(message)
  return {
    ...record,
    id: randomUUID(),
    sentAt: now,
    enteredAt: now,
    visibleAt: now + destination.setting("DelaySeconds") * 1000,
    order: destination.nextOrder,
    receives: 0,
    receivesHere: 0,
  }
}

/** Moves what is due of a running task, and goes on until there is nothing left. What cannot be moved stays and fails the task. */
export function runTask(queues: Queues, clock: Clock, id: string): void {
  const startedAt = clock.now()
  const movedBefore = queues.task(id)!.moved
  const finish = (status: MoveTask["status"], failure?: string) =>
    queues.commit({ kind: "task", at: clock.now(), task: { ...queues.task(id)!, status, failure } })

  function moveOne(task: MoveTask, now: number): boolean {
    const source = queues.byArn(task.sourceArn)
    if (!source) return (finish("FAILED", "AWS.SimpleQueueService.NonExistentQueue"), false)
    source.settle(now)
    const [message] = source.peek(1)
    if (!message || task.moved >= task.toMove) return (finish("COMPLETED"), false)
    const arn = task.destinationArn ?? message.source
    if (arn === undefined) return (finish("FAILED", "CouldNotDetermineMessageSource"), false)
    const destination = queues.byArn(arn)
    if (!destination) return (finish("FAILED", "AWS.SimpleQueueService.NonExistentQueue"), false)
    const moved = redriven(message, destination, now)
    queues.commit({ kind: "move", at: now, from: source.name, id: message.id, queue: destination.name, message: moved, task: id })
    return true
  }

  function step(): void {
    const now = clock.now()
    for (;;) {
      const task = queues.task(id)
      if (task?.status !== "RUNNING" || queues.isClosed) return
      const rate = task.rate ?? MAX_RATE
      const done = task.moved - movedBefore
      const isDue = Math.floor(((now - startedAt) * rate) / 1000) > done
      // A task that has nothing (left) to move ends at once, not when its next message would be due.
      if (!isDue && task.moved < task.toMove)
        return void clock.alarm(Math.max(startedAt + Math.ceil(((done + 1) * 1000) / rate), now + STEP_MS), step)
      if (!moveOne(task, now)) return
    }
  }
  step()
}
