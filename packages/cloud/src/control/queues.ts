import * as z from "zod"
import type { Cloud, Resource } from "../service.ts"
import { json, missing, parsedBody, type Parts, type Route } from "./route.ts"

const QUEUE = "AWS::SQS::Queue"

/** What sends its failures to a queue: other queues, functions, event sources. */
function failuresOf(cloud: Cloud, arn: string): string[] {
  const from = (type: string, target: (properties: Resource["properties"]) => unknown, name: (of: Resource) => string) =>
    cloud
      .resources(type)
      .filter(({ properties }) => target(properties) === arn)
      .map(name)
  return [
    ...from(
      QUEUE,
      (it) => redrivePolicy(it)?.deadLetterTargetArn,
      ({ identity }) => identity.ref.split("/").at(-1)!,
    ),
    ...from(
      "AWS::Lambda::Function",
      (it) => it.DeadLetterConfig?.TargetArn,
      ({ identity }) => identity.ref,
    ),
    ...from(
      "AWS::Lambda::EventInvokeConfig",
      (it) => it.DestinationConfig?.OnFailure?.Destination,
      ({ properties }) => String(properties.FunctionName),
    ),
    ...from(
      "AWS::Lambda::EventSourceMapping",
      (it) => it.DestinationConfig?.OnFailure?.Destination,
      ({ properties }) =>
        `${String(properties.EventSourceArn).split(":").at(-1)} to ${String(properties.FunctionName).split(":function:").at(-1)}`,
    ),
  ]
}

/** Templates give it as an object or as JSON text. */
function redrivePolicy({
  RedrivePolicy,
}: Resource["properties"]): { deadLetterTargetArn?: string; maxReceiveCount?: number } | undefined {
  return typeof RedrivePolicy === "string" ? JSON.parse(RedrivePolicy) : RedrivePolicy
}

const nameOf = ({ identity }: Resource): string => String(identity.attributes.QueueName ?? identity.arn?.split(":").at(-1))

/** What the engine says of its queues, by name. */
async function figures({ services }: Parts): Promise<Map<string, object>> {
  const state = await services.find(({ names }) => names.includes("sqs"))?.state?.()
  const rows = Array.isArray(state) ? (state as { name: string }[]) : []
  return new Map(rows.map((row) => [row.name, row]))
}

/** Every queue: how many messages wait, and whose failures it holds. */
export const queues: Route = {
  method: "GET",
  path: "queues",
  async answer(_, parts) {
    const cloud = parts.cloud()
    const known = await figures(parts)
    const items = cloud.resources(QUEUE).map((queue) => ({
      ...known.get(nameOf(queue)),
      name: nameOf(queue),
      arn: queue.identity.arn,
      url: queue.identity.ref,
      deadLetterQueue: redrivePolicy(queue.properties)?.deadLetterTargetArn?.split(":").at(-1),
      failuresOf: failuresOf(cloud, queue.identity.arn ?? ""),
    }))
    return json(200, { items })
  },
}

const Redrive = z.strictObject({
  /** Queue to send the messages to; without it each goes back to where it came from. */
  to: z.string().min(1).optional(),
  perSecond: z.int().min(1).max(500).optional(),
})

/** Sends what a dead-letter queue holds back: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
export const redrive: Route = {
  method: "POST",
  path: "queues/{name}/redrive",
  async answer({ params, body }, parts) {
    const how = parsedBody(Redrive, body)
    if ("refusal" in how) return how.refusal
    const cloud = parts.cloud()
    const named = (name: string) => cloud.resources(QUEUE).find((queue) => nameOf(queue) === name)
    const [from, to] = [params.name ?? "", how.is.to]
    for (const name of [from, to])
      if (name !== undefined && !named(name))
        return missing("queue", `No queue is called ${name}: GET /_local/queues lists them.`)
    const { status, json: answer } = await cloud.call({
      service: "sqs",
      target: "AmazonSQS.StartMessageMoveTask",
      headers: { "content-type": "application/x-amz-json-1.0" },
      body: {
        SourceArn: named(from)!.identity.arn,
        DestinationArn: to && named(to)!.identity.arn,
        MaxNumberOfMessagesPerSecond: how.is.perSecond,
      },
    })
    if (status === 200) return json(202, { taskHandle: answer?.TaskHandle })
    return json(409, { code: "conflict.redrive", message: `SQS: ${String(answer?.message ?? answer?.Message ?? status)}` })
  },
}
