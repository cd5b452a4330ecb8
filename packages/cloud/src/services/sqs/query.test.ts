import { afterAll, beforeAll, expect, test } from "vitest"
import { createTestCloud } from "../../endpoint/test-cloud.ts"
import { sqs } from "./index.ts"

let running: Awaited<ReturnType<typeof createTestCloud>>
beforeAll(async () => {
  running = await createTestCloud({
    services: [sqs()],
    resources: { Jobs: { type: "AWS::SQS::Queue", properties: { QueueName: "jobs" } } },
  })
})
afterAll(() => running.stop())

const authorization = "AWS4-HMAC-SHA256 Credential=AKIAADMIN/20300101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0"
async function post(form: Record<string, string>, path = "/") {
  const body = new URLSearchParams({ Version: "2012-11-05", ...form })
  const answer = await fetch(running.awsUrl + path, { method: "POST", headers: { authorization }, body })
  return { status: answer.status, type: answer.headers.get("content-type"), xml: await answer.text() }
}
const all = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, text]) => text)
const QUEUE = "/123456789012/jobs"

test("an old client sends, receives and deletes in forms and reads XML", async () => {
  const sent = await post(
    {
      Action: "SendMessage",
      MessageBody: "a < b & c",
      "MessageAttribute.1.Name": "Foo",
      "MessageAttribute.1.Value.DataType": "String",
      "MessageAttribute.1.Value.StringValue": "Bar",
    },
    QUEUE,
  )
  expect([sent.status, sent.type]).toEqual([200, "text/xml"])
  expect(sent.xml).toMatch(
    /^<\?xml version="1\.0"\?><SendMessageResponse xmlns="http:\/\/queue\.amazonaws\.com\/doc\/2012-11-05\/"><SendMessageResult>/,
  )
  expect(all(sent.xml, "MD5OfMessageAttributes")).toEqual(["ae7155c6026991b6d54b11589678bf9c"])
  const received = await post(
    {
      Action: "ReceiveMessage",
      "AttributeName.1": "All",
      "MessageAttributeName.1": "All",
      MaxNumberOfMessages: "10",
      VisibilityTimeout: "60",
    },
    QUEUE,
  )
  expect(all(received.xml, "Body")).toEqual(["a &lt; b &amp; c"])
  expect(received.xml).toContain("<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>")
  expect(received.xml).toContain(
    "<MessageAttribute><Name>Foo</Name><Value><DataType>String</DataType><StringValue>Bar</StringValue></Value></MessageAttribute>",
  )
  const deleted = await post({
    Action: "DeleteMessage",
    QueueUrl: running.awsUrl + QUEUE,
    ReceiptHandle: all(received.xml, "ReceiptHandle")[0]!,
  })
  expect(deleted.xml).toMatch(/<DeleteMessageResponse xmlns="[^"]*"><ResponseMetadata>/)
})

test("batches and maps are flattened both ways", async () => {
  const batch = await post(
    {
      Action: "SendMessageBatch",
      ...Object.fromEntries(
        Array.from({ length: 10 }, (_, n) => [
          [`SendMessageBatchRequestEntry.${n + 1}.Id`, `m${n}`],
          [`SendMessageBatchRequestEntry.${n + 1}.MessageBody`, `body ${n}`],
          [`SendMessageBatchRequestEntry.${n + 1}.DelaySeconds`, n === 9 ? "901" : "0"],
        ]).flat(),
      ),
    },
    QUEUE,
  )
  expect(batch.xml.match(/<SendMessageBatchResultEntry>/g)).toHaveLength(9)
  expect(batch.xml).toContain(
    "<BatchResultErrorEntry><Id>m9</Id><SenderFault>true</SenderFault><Code>InvalidParameterValue</Code>",
  )
  const made = await post({
    Action: "CreateQueue",
    QueueName: "made",
    "Attribute.1.Name": "DelaySeconds",
    "Attribute.1.Value": "3",
    "Tag.1.Key": "team",
    "Tag.1.Value": "a",
  })
  expect(all(made.xml, "QueueUrl")).toEqual([`${running.awsUrl}/123456789012/made`])
  const attributes = await post({ Action: "GetQueueAttributes", "AttributeName.1": "DelaySeconds" }, "/123456789012/made")
  expect(attributes.xml).toContain(
    "<GetQueueAttributesResult><Attribute><Name>DelaySeconds</Name><Value>3</Value></Attribute></GetQueueAttributesResult>",
  )
  expect((await post({ Action: "ListQueueTags" }, "/123456789012/made")).xml).toContain(
    "<Tag><Key>team</Key><Value>a</Value></Tag>",
  )
  expect(all((await post({ Action: "ListQueues" })).xml, "QueueUrl")).toHaveLength(2)
})

test("errors carry the codes of the query protocol", async () => {
  const missing = await post({ Action: "ReceiveMessage" }, "/123456789012/nothing")
  expect(missing.status).toBe(400)
  expect(all(missing.xml, "Code")).toEqual(["AWS.SimpleQueueService.NonExistentQueue"])
  const unknown = await post({ Action: "FlyQueue" })
  expect(all(unknown.xml, "Message")[0]).toMatch(/^NOT_SIMULATED: sqs\.FlyQueue/)
  const odd = await post({ Action: "SendMessage", "Odd.1.Name": "x" }, QUEUE)
  expect(all(odd.xml, "Message")[0]).toMatch(/^NOT_SIMULATED: sqs\.Odd/)
})
