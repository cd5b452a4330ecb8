import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: "arn:aws:sqs:us-east-1:111122223333:dead", maxReceiveCount: 1 })
const handle = (of: object) => Buffer.from(JSON.stringify(of)).toString("base64")

test("what was moved stays moved, the rest stays where it is", async () => {
  const { send, url, arn, queues, cloud } = await queueCloud({ dead: {}, jobs: { RedrivePolicy } })
  for (let n = 0; n < 5; n++) await send("SendMessage", { QueueUrl: url("dead"), MessageBody: String(n) })
  const start = { SourceArn: arn("dead"), DestinationArn: arn("jobs"), MaxNumberOfMessagesPerSecond: 1 }
  const { TaskHandle } = await send("StartMessageMoveTask", start)
  cloud.advance(2_000)
  expect(await send("CancelMessageMoveTask", { TaskHandle })).toEqual({ status: 200, ApproximateNumberOfMessagesMoved: 2 })
  cloud.advance(60_000)
  expect([queues.get("dead").counts().visible, queues.get("jobs").counts().visible]).toEqual([3, 2])
  expect((await send("CancelMessageMoveTask", { TaskHandle })).message).toBe("Only active tasks can be cancelled.")
})

test.each([
  ["what is no handle", "nonsense", 400, "InvalidParameterValue", "Value for parameter TaskHandle is invalid."],
  [
    "a queue that is not there",
    handle({ taskId: "x", sourceArn: "arn:aws:sqs:us-east-1:111122223333:nothing" }),
    404,
    "ResourceNotFoundException",
    "The resource that you specified for the SourceArn parameter doesn't exist.",
  ],
  [
    "a task that is not there",
    handle({ taskId: "x", sourceArn: "arn:aws:sqs:us-east-1:111122223333:dead" }),
    404,
    "ResourceNotFoundException",
    "Task does not exist.",
  ],
])("%s is refused", async (_, TaskHandle, status, __type, message) => {
  const { send } = await queueCloud({ dead: {}, jobs: { RedrivePolicy } })
  expect(await send("CancelMessageMoveTask", { TaskHandle })).toEqual({ status, __type, message })
})
