import { randomUUID } from "node:crypto"
import { AwsError } from "../../../service.ts"
import { invalidParameter, invalidValue } from "../errors.ts"
import { MAX_RATE, runTask } from "../message-move.ts"
import { asConsumer, notFound, sourceOf, taskHandle } from "../move-task.ts"
import { integer, type Operation, required } from "./operation.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html */
const MAX_RUNNING = 100

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
export const StartMessageMoveTask: Operation = {
  members: ["SourceArn", "DestinationArn", "MaxNumberOfMessagesPerSecond"],
  access({ input, queues }) {
    const source = required(input, "SourceArn")
    const destinations: string[] =
      typeof input.DestinationArn === "string" ? [input.DestinationArn] : queues.sourcesOf(source).map(({ arn }) => arn)
    return [
      ...asConsumer("StartMessageMoveTask", source),
      ...destinations.map((resource) => ({ action: "sqs:SendMessage", resource })),
    ]
  },
  run({ input, queues, cloud, now }) {
    const source = sourceOf(queues, input.SourceArn)
    const destinationArn: unknown = input.DestinationArn ?? undefined
    const rate = integer(input, "MaxNumberOfMessagesPerSecond", (value) =>
      Number(value) < 1 || Number(value) > MAX_RATE
        ? invalidValue(value, "MaxNumberOfMessagesPerSecond", `Must be between 1 and ${MAX_RATE}, if provided.`)
        : undefined,
    )
    if (queues.sourcesOf(source.arn).length === 0)
      throw invalidParameter("Source queue must be configured as a Dead Letter Queue.")
    if (destinationArn !== undefined) {
      const destination = queues.byArn(String(destinationArn))
      if (!destination) throw notFound("The resource that you specified for the DestinationArn parameter doesn't exist.")
      if (destination === source) throw invalidParameter("Source queue and destination queue must not be the same.")
      if (destination.isFifo !== source.isFifo)
        throw invalidParameter("Source queue and destination queue must be of the same type.")
    }
    const running = queues.tasks().filter(({ status }) => status === "RUNNING")
    if (running.some(({ sourceArn }) => sourceArn === source.arn))
      throw invalidParameter(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
      )
    if (running.length >= MAX_RUNNING)
      throw new AwsError("OverLimit", `At most ${MAX_RUNNING} tasks run at a time in an account: cancel one.`, 403)
    source.settle(now)
    const task = {
      id: randomUUID(),
      sourceArn: source.arn,
      destinationArn: destinationArn as string | undefined,
      rate,
      startedAt: now,
      toMove: source.counts().visible,
      moved: 0,
      status: "RUNNING" as const,
    }
    queues.commit({ kind: "task", at: now, task })
    runTask(queues, cloud.clock, task.id)
    return { output: { TaskHandle: taskHandle(task) } }
  },
}
