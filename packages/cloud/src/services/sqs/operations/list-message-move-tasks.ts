import { invalidValue } from "../errors.ts"
import { asConsumer, sourceOf, taskHandle } from "../move-task.ts"
import { integer, type Operation, required } from "./operation.ts"

/** The most recent tasks of a dead letter queue. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasks.html */
export const ListMessageMoveTasks: Operation = {
  members: ["SourceArn", "MaxResults"],
  access: ({ input }) => asConsumer("ListMessageMoveTasks", required(input, "SourceArn")),
  run({ input, queues }) {
    const source = sourceOf(queues, input.SourceArn)
    const max = integer(input, "MaxResults", (value) =>
      Number(value) < 1 || Number(value) > 10
        ? invalidValue(value, "MaxResults", "Must be between 1 and 10, if provided.")
        : undefined,
    )
    const tasks = queues.tasks().filter(({ sourceArn }) => sourceArn === source.arn)
    const Results = tasks
      .toReversed()
      .slice(0, max ?? 1)
      .map((task) => ({
        // A task that has ended cannot be cancelled, so it has no handle any more.
        ...(task.status === "RUNNING" && { TaskHandle: taskHandle(task) }),
        Status: task.status,
        SourceArn: task.sourceArn,
        DestinationArn: task.destinationArn,
        MaxNumberOfMessagesPerSecond: task.rate,
        ApproximateNumberOfMessagesMoved: task.moved,
        ApproximateNumberOfMessagesToMove: task.toMove,
        FailureReason: task.failure,
        StartedTimestamp: task.startedAt,
      }))
    return { output: { Results } }
  },
}
