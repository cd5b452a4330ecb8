import { randomUUID } from "node:crypto"
import type { As, Cloud } from "../service.ts"
import type { Attempt } from "./repeat.ts"

type Answer = Awaited<ReturnType<Cloud["call"]>>

/** Text that goes to a queue, function, topic, stream, bus or log group. */
export interface Parcel {
  arn: string
  /** Body; functions and buses take JSON. */
  text: string
  as: As
  subject?: string
  /** Queues and topics: FIFO group. */
  groupId?: string
  deduplicationId?: string
  delaySeconds?: number
  /** Queues: as the JSON protocol has them. */
  attributes?: Record<string, { DataType: string; StringValue?: string; BinaryValue?: string }>
  /** Streams. */
  partitionKey?: string
  /** Buses. */
  source?: string
  detailType?: string
  resources?: readonly string[]
  /** `X-Amzn-Trace-Id`: carries the lineage by which Lambda finds loops. */
  trace?: string
}

type Carrier = (cloud: Cloud, parcel: Parcel) => Promise<Answer>

const traced = ({ trace }: Parcel): Record<string, string> => (trace === undefined ? {} : { "x-amzn-trace-id": trace })

const json = (target: string, service: string, body: object, parcel: Parcel, version = "1.1") => ({
  service,
  target,
  body: body,
  headers: { "content-type": `application/x-amz-json-${version}`, ...traced(parcel) },
  as: parcel.as,
})

const CARRIERS: Readonly<Record<string, Carrier>> = {
  lambda: (cloud, parcel) =>
    cloud.call({
      service: "lambda",
      path: `/2015-03-31/functions/${encodeURIComponent(parcel.arn)}/invocations`,
      headers: { "content-type": "application/json", "x-amz-invocation-type": "Event", ...traced(parcel) },
      body: parcel.text,
      as: parcel.as,
    }),
  sqs(cloud, parcel) {
    // A queue that is gone has no address; its name makes the one AWS would ask.
    const QueueUrl =
      cloud.find("AWS::SQS::Queue", parcel.arn)?.identity.ref ?? `${cloud.awsUrl}/${cloud.account}/${nameOf(parcel.arn)}`
    const body = {
      QueueUrl,
      MessageBody: parcel.text,
      MessageGroupId: parcel.groupId,
      MessageDeduplicationId: parcel.deduplicationId,
      DelaySeconds: parcel.delaySeconds,
      MessageAttributes: parcel.attributes,
    }
    return cloud.call(json("AmazonSQS.SendMessage", "sqs", body, parcel, "1.0"))
  },
  sns(cloud, parcel) {
    const form = new URLSearchParams({ Action: "Publish", Version: "2010-03-31", TopicArn: parcel.arn, Message: parcel.text })
    if (parcel.subject !== undefined) form.set("Subject", parcel.subject)
    if (parcel.groupId !== undefined) form.set("MessageGroupId", parcel.groupId)
    if (parcel.deduplicationId !== undefined) form.set("MessageDeduplicationId", parcel.deduplicationId)
    const headers = { "content-type": "application/x-www-form-urlencoded", ...traced(parcel) }
    return cloud.call({ service: "sns", headers, body: form.toString(), as: parcel.as })
  },
  kinesis(cloud, parcel) {
    const Data = Buffer.from(parcel.text).toString("base64")
    const body = { StreamARN: parcel.arn, Data, PartitionKey: parcel.partitionKey ?? randomUUID() }
    return cloud.call(json("Kinesis_20131202.PutRecord", "kinesis", body, parcel))
  },
  events(cloud, parcel) {
    const entry = {
      EventBusName: parcel.arn,
      Source: parcel.source,
      DetailType: parcel.detailType,
      Resources: parcel.resources,
      Detail: parcel.text,
    }
    return cloud.call(json("AWSEvents.PutEvents", "events", { Entries: [entry] }, parcel))
  },
  async logs(cloud, parcel) {
    const logGroupName = parcel.arn.split(":")[6]!
    const names = { logGroupName, logStreamName: randomUUID() }
    const made = await cloud.call(json("Logs_20140328.CreateLogStream", "logs", names, parcel))
    if (made.status >= 400) return made
    const logEvents = [{ timestamp: cloud.now(), message: parcel.text }]
    return cloud.call(json("Logs_20140328.PutLogEvents", "logs", { ...names, logEvents }, parcel))
  },
}

const nameOf = (arn: string): string => arn.split(":").at(-1)!

/** The service of an ARN that `send` reaches, or undefined. */
export const carrierOf = (arn: string): string | undefined => {
  const service = arn.split(":")[2]
  return service !== undefined && Object.hasOwn(CARRIERS, service) ? service : undefined
}

/** Codes of refusals that pass by themselves although their status is below 500. */
const PASSING = /Throttl|TooManyRequests|LimitExceeded|ProvisionedThroughput|ServiceUnavailable/

/** One attempt. A refusal by the target (permission, absence, content) is final; throttles and failures of the target are not. */
export async function send(cloud: Cloud, parcel: Parcel): Promise<Attempt> {
  const carrier = CARRIERS[carrierOf(parcel.arn) ?? ""]
  if (!carrier)
    return { ok: false, final: true, code: "NotSimulated", message: `NOT_SIMULATED: nothing is sent to ${parcel.arn}` }
  const { status, json: answer, body } = await carrier(cloud, parcel)
  const entry = answer?.Entries?.[0]
  if (status < 400 && entry?.ErrorCode === undefined) return { ok: true }
  const xml = answer === undefined ? body.toString("utf8") : ""
  const code = String(entry?.ErrorCode ?? answer?.__type ?? /<Code>([^<]*)</.exec(xml)?.[1] ?? status)
    .split("#")
    .at(-1)!
  const message = String(entry?.ErrorMessage ?? answer?.message ?? answer?.Message ?? /<Message>([^<]*)</.exec(xml)?.[1] ?? "")
  const isPassing = status >= 500 || status === 429 || PASSING.test(code) || code === "InternalFailure"
  return { ok: false, final: !isPassing, code, message }
}
