import { invalidParameter } from "../errors.ts"
import { asConsumer, notFound, readTaskHandle, sourceOf } from "../move-task.ts"
import type { Operation } from "./operation.ts"

/** What was moved stays moved. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CancelMessageMoveTask.html */
export const CancelMessageMoveTask: Operation = {
  members: ["TaskHandle"],
  access: ({ input }) => asConsumer("CancelMessageMoveTask", readTaskHandle(input.TaskHandle).sourceArn),
  run({ input, queues, now }) {
    const { taskId, sourceArn } = readTaskHandle(input.TaskHandle)
    sourceOf(queues, sourceArn)
    const task = queues.task(taskId)
    if (task?.sourceArn !== sourceArn) throw notFound("Task does not exist.")
    if (task.status !== "RUNNING") throw invalidParameter("Only active tasks can be cancelled.")
    queues.commit({ kind: "task", at: now, task: { ...task, status: "CANCELLED" } })
    return { output: { ApproximateNumberOfMessagesMoved: task.moved } }
  },
}
