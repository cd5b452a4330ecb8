import { PutEventsCommand } from "@aws-sdk/client-eventbridge"
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs"
import { afterAll, beforeAll, expect, test } from "vitest"
import { eventsCloud, functionNamed, permission, PRINCIPAL, queue, queueNamed, ruleNamed } from "../testing.ts"

const BUS = "arn:aws:events:us-east-1:123456789012:event-bus/shop"
let c: Awaited<ReturnType<typeof eventsCloud>>
beforeAll(async () => {
  c = await eventsCloud(
    {
      Shop: { type: "AWS::Events::EventBus", properties: { Name: "shop" } },
      Listener: { type: "AWS::Lambda::Function", properties: { FunctionName: "listener" } },
      Permit: permission("listener", ruleNamed("shop/sold"), PRINCIPAL),
      ...queue("all", ruleNamed("everything"), {}, PRINCIPAL),
      Sold: {
        type: "AWS::Events::Rule",
        properties: {
          Name: "sold",
          EventBusName: "shop",
          EventPattern: { "detail-type": ["ticket.sold"], detail: { price: [{ numeric: [">", 100] }] } },
          Targets: [{ Id: "f", Arn: functionNamed("listener") }],
        },
      },
      Everything: {
        type: "AWS::Events::Rule",
        properties: {
          Name: "everything",
          EventPattern: { source: [{ prefix: "" }] },
          Targets: [{ Id: "q", Arn: queueNamed("all") }],
        },
      },
    },
    { functions: { seller: [{ Effect: "Allow", Action: "events:PutEvents", Resource: BUS }] } },
  )
})
afterAll(() => c?.stop())

const entry = (more: object = {}) => ({ Source: "shop", DetailType: "ticket.sold", Detail: '{"price":150}', ...more })
const put = (...Entries: object[]) => c.events.send(new PutEventsCommand({ Entries }))

test("an event that matches reaches the target in AWS's envelope, others do not", async () => {
  const { Entries, FailedEntryCount } = await put(
    entry({ EventBusName: "shop", Resources: ["seat/1"], Time: new Date(1_700_000_000_000) }),
    entry({ EventBusName: BUS, Detail: '{"price":50}' }),
    entry({ EventBusName: "shop", DetailType: "ticket.refunded" }),
  )
  expect(FailedEntryCount).toBe(0)
  await expect.poll(() => c.functions.taken.length).toBe(1)
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(c.functions.taken.map(({ event }) => event)).toEqual([
    {
      version: "0",
      id: Entries![0]!.EventId,
      "detail-type": "ticket.sold",
      source: "shop",
      account: "123456789012",
      time: "2023-11-14T22:13:20Z",
      region: "us-east-1",
      resources: ["seat/1"],
      detail: { price: 150 },
    },
  ])
})

test("without a bus the default one takes the event; services of AWS put theirs there too", async () => {
  await put(entry())
  c.bus.emit({ source: "aws.redshift-data", detailType: "Redshift Data Statement Status Change", detail: { state: "FINISHED" } })
  const got = await c.receive("all", 2)
  expect(got.map(({ body }) => body.source).sort()).toEqual(["aws.redshift-data", "shop"])
})

test("entries fail one by one, with AWS's code, and the rest is taken", async () => {
  const { Entries, FailedEntryCount } = await put(
    entry(),
    entry({ Source: undefined }),
    entry({ Detail: "no json" }),
    entry({ Detail: "[1]" }),
    entry({ Source: "aws.ec2" }),
    entry({ EventBusName: "nowhere" }),
  )
  expect(FailedEntryCount).toBe(5)
  expect(Entries!.map(({ ErrorCode }) => ErrorCode)).toEqual([
    undefined,
    "InvalidArgument",
    "MalformedDetail",
    "MalformedDetail",
    "NotAuthorizedForSourceException",
    "ResourceNotFoundException",
  ])
})

test("more than ten entries, or more than 1 MB, are refused as a whole", async () => {
  await expect(put(...Array.from({ length: 11 }, () => entry()))).rejects.toThrow("between 1 and 10")
  const large = entry({ Detail: JSON.stringify({ text: "x".repeat(524_300) }) })
  await expect(put(large, large)).rejects.toThrow("Total size of the entries in the request is over the limit.")
})

test("a global endpoint is refused by name", async () => {
  const call = { service: "events", target: "AWSEvents.PutEvents", body: { Entries: [entry()], EndpointId: "abc.def" } }
  const { status, json } = await c.cloud.call(call)
  expect([status, json.__type]).toEqual([400, "NotSimulatedException"])
  expect(json.message).toContain("NOT_SIMULATED: events.PutEvents.EndpointId: ")
})

test("a caller needs events:PutEvents on every bus that it names", async () => {
  const seller = c.eventsAs("seller")
  await seller.send(new PutEventsCommand({ Entries: [entry({ EventBusName: "shop" })] }))
  await expect(seller.send(new PutEventsCommand({ Entries: [entry({ EventBusName: "shop" }), entry()] }))).rejects.toThrow(
    "event-bus/default",
  )
})

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html: the detail is whatever the producer wrote
test("a queue gets the text of the detail, digit by digit", async () => {
  const Detail = '{"id":1524831183200260097, "price":10.50}'
  await put(entry({ Detail, DetailType: "digits" }))
  const seen: string[] = []
  await expect
    .poll(async () => {
      const QueueUrl = `${c.awsUrl}/123456789012/all`
      const { Messages = [] } = await c.queues.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
      seen.push(...Messages.map(({ Body }) => Body!).filter((body) => body.includes('"digits"')))
      return seen.length
    })
    .toBe(1)
  expect(seen[0]).toContain(`"detail":${Detail}}`)
})

test("an entry of 1 MB is taken, and a detail that is nested too deeply is malformed", async () => {
  const Detail = JSON.stringify({ text: "x".repeat(1_048_576 - 26) })
  expect((await put(entry({ Detail, Source: "big", DetailType: "big" }))).FailedEntryCount).toBe(0)
  const nested = (depth: number) => entry({ Detail: `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`, Source: "deep" })
  const { Entries } = await put(nested(1_100), nested(1_101))
  expect(Entries!.map(({ ErrorCode }) => ErrorCode)).toEqual([undefined, "MalformedDetail"])
})
