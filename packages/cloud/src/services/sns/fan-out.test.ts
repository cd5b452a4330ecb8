import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PublishBatchCommand, PublishCommand } from "@aws-sdk/client-sns"
import { expect, test } from "vitest"
import { pauseMs } from "./fan-out.ts"
import { functionNamed, permission, queue, queueNamed, snsCloud, topicNamed } from "./testing.ts"

const NEWS = topicNamed("news")
const topic = { News: { type: "AWS::SNS::Topic", properties: { TopicName: "news" } } }
const subscription = (protocol: string, endpoint: string, more: object = {}) => ({
  type: "AWS::SNS::Subscription",
  properties: { TopicArn: NEWS, Protocol: protocol, Endpoint: endpoint, ...more },
})
const redrive = (name: string) => ({ RedrivePolicy: { deadLetterTargetArn: queueNamed(name) } })

test("one broken subscriber: all others get everything, and its dead letter holds exactly what it missed", async () => {
  const c = await snsCloud({
    ...topic,
    ...queue("a", NEWS),
    ...queue("b", NEWS),
    ...queue("closed"),
    ...queue("missed", NEWS),
    Listener: { type: "AWS::Lambda::Function", properties: { FunctionName: "listener" } },
    ListenerPermission: permission("listener", NEWS),
    A: subscription("sqs", queueNamed("a")),
    B: subscription("sqs", queueNamed("b"), { FilterPolicy: { n: [{ exists: true }] } }),
    // Its queue has no policy that lets the topic in.
    Closed: subscription("sqs", queueNamed("closed"), redrive("missed")),
    F: subscription("lambda", functionNamed("listener")),
  })
  const sent = Array.from({ length: 40 }, (_, n) => String(n))
  for (let from = 0; from < sent.length; from += 10)
    await c.sns.send(
      new PublishBatchCommand({
        TopicArn: NEWS,
        PublishBatchRequestEntries: sent
          .slice(from, from + 10)
          .map((n) => ({ Id: n, Message: n, MessageAttributes: { n: { DataType: "Number", StringValue: n } } })),
      }),
    )
  const numbers = async (name: string) =>
    (await c.receive(name, sent.length)).map(({ body }) => body.Message).sort((a, b) => Number(a) - Number(b))
  expect(await numbers("a")).toEqual(sent)
  expect(await numbers("b")).toEqual(sent)
  expect(c.functions.taken).toHaveLength(sent.length)
  const missed = await c.receive("missed", sent.length)
  expect(missed.map(({ body }) => body.Message).sort((a, b) => Number(a) - Number(b))).toEqual(sent)
  expect(missed[0]!.attributes.ErrorMessage.StringValue).toContain("sqs:SendMessage")
  expect(missed[0]!.attributes.ErrorCode.StringValue).toBe("AccessDeniedException")
  console.log(
    `subscribers: 3 healthy got ${sent.length}/${sent.length} each, dead letter of the broken one ${missed.length}/${sent.length}`,
  )
  await c.stop()
})

test("a subscriber that fails for a while gets the message by repetition, without a dead letter", async () => {
  const c = await snsCloud({
    ...topic,
    ...queue("missed", NEWS),
    Listener: { type: "AWS::Lambda::Function", properties: { FunctionName: "listener" } },
    ListenerPermission: permission("listener", NEWS),
    F: subscription("lambda", functionNamed("listener"), redrive("missed")),
  })
  c.functions.state.fails = 3
  await c.sns.send(new PublishCommand({ TopicArn: NEWS, Message: "patience" }))
  await expect.poll(() => c.functions.taken.length).toBe(1)
  expect(c.functions.state.fails).toBe(0)
  await c.stop()
})

test("retries follow SNS's phases: at once, a second apart, growing to twenty seconds, 100,015 in all", () => {
  const pauses = Array.from({ length: 20 }, (_, index) => pauseMs(index + 1)!)
  expect(pauses.slice(0, 6)).toEqual([0, 0, 0, 1_000, 1_000, 1_000])
  expect(pauses.slice(5, 15)).toEqual(pauses.slice(5, 15).toSorted((a, b) => a - b))
  expect(pauses[14]).toBe(20_000)
  expect(pauseMs(100_015)).toBe(20_000)
  expect(pauseMs(100_016)).toBeUndefined()
})

test("what was accepted and not delivered when the process died is delivered by the next run; calls' subscriptions stay", async () => {
  const data = mkdtempSync(join(tmpdir(), "backline-sns-"))
  const resources = {
    ...topic,
    Listener: { type: "AWS::Lambda::Function", properties: { FunctionName: "listener" } },
    ListenerPermission: permission("listener", NEWS),
    F: subscription("lambda", functionNamed("listener")),
  }
  const first = await snsCloud(resources, { data })
  first.functions.state.fails = Number.POSITIVE_INFINITY
  await first.sns.send(new PublishCommand({ TopicArn: NEWS, Message: "survives" }))
  await first.stop()

  const second = await snsCloud(resources, { data })
  await expect.poll(() => second.functions.taken.length).toBe(1)
  expect(second.functions.taken[0]!.event.Records[0].Sns.Message).toBe("survives")
  await second.stop()
  rmSync(data, { recursive: true, force: true })
})
