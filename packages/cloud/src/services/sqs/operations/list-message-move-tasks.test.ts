import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

test("the latest task comes first, one unless more are asked for", async () => {
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: "arn:aws:sqs:us-east-1:111122223333:dead", maxReceiveCount: 1 })
  const { send, arn, cloud } = await queueCloud({ dead: {}, jobs: { RedrivePolicy } })
  for (let n = 1; n <= 3; n++) {
    await send("StartMessageMoveTask", { SourceArn: arn("dead"), MaxNumberOfMessagesPerSecond: n })
    cloud.advance(1_000)
  }
  const list = (more: object = {}) => send("ListMessageMoveTasks", { SourceArn: arn("dead"), ...more })
  expect((await list()).Results).toEqual([
    {
      Status: "COMPLETED",
      SourceArn: arn("dead"),
      MaxNumberOfMessagesPerSecond: 3,
      ApproximateNumberOfMessagesMoved: 0,
      ApproximateNumberOfMessagesToMove: 0,
      StartedTimestamp: cloud.now() - 1_000,
    },
  ])
  expect((await list({ MaxResults: 10 })).Results.map((task: any) => task.MaxNumberOfMessagesPerSecond)).toEqual([3, 2, 1])
  expect((await list({ MaxResults: 11 })).__type).toBe("InvalidParameterValue")
  expect((await send("ListMessageMoveTasks", { SourceArn: arn("nothing") })).status).toBe(404)
})
