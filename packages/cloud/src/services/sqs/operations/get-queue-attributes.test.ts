import { expect, test } from "vitest"
import { queueCloud } from "../testing.ts"

test("counts follow the messages and the clock", async () => {
  const { send, url, receive, cloud } = await queueCloud({ jobs: { VisibilityTimeout: "30" } })
  for (const DelaySeconds of [0, 0, 0, 10]) await send("SendMessage", { QueueUrl: url("jobs"), MessageBody: "x", DelaySeconds })
  await receive("jobs", { MaxNumberOfMessages: 2 })
  const counts = async () => {
    const { Attributes } = await send("GetQueueAttributes", { QueueUrl: url("jobs"), AttributeNames: ["All"] })
    return ["", "NotVisible", "Delayed"].map((kind) => Number(Attributes[`ApproximateNumberOfMessages${kind}`]))
  }
  expect(await counts()).toEqual([1, 2, 1])
  cloud.advance(10_000)
  expect(await counts()).toEqual([2, 2, 0])
  cloud.advance(20_000)
  expect(await counts()).toEqual([4, 0, 0])
})

test("only what is asked for is told, nothing where nothing is, and an unknown name is refused", async () => {
  const { send, url } = await queueCloud({ jobs: {} })
  const of = (...AttributeNames: string[]) => send("GetQueueAttributes", { QueueUrl: url("jobs"), AttributeNames })
  expect((await of("VisibilityTimeout", "RedrivePolicy")).Attributes).toEqual({ VisibilityTimeout: "30" })
  expect(await of("RedrivePolicy")).toEqual({ status: 200 })
  expect(await of()).toEqual({ status: 200 })
  expect(await of("Odd")).toMatchObject({ status: 400, __type: "InvalidAttributeName", message: "Unknown Attribute Odd." })
})
