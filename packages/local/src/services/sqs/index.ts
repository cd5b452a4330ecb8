import type { AwsRequest, AwsResponse, Cloud, Service } from "../../service.ts"
import { type Fauxqs, startFauxqs } from "../fauxqs.ts"
import { authorize, queueName } from "./operations.ts"
import { TYPES } from "./queue-types.ts"

/** fauxqs knows one account and takes its own URLs; both are translated at this edge and nowhere else. */
const ENGINE_ACCOUNT = "000000000000"
const ENGINE_HOST = "127.0.0.1"

/** Operations whose bodies and answers carry ARNs or URLs; message traffic is never searched for them. */
const ABOUT_QUEUES = new Set(["CreateQueue", "SetQueueAttributes", "GetQueueAttributes", "GetQueueUrl", "ListQueues"])

const arnAccount = (text: string, from: string, to: string) =>
  text.replaceAll(new RegExp(`(arn:aws:sqs:[a-z0-9-]+:)${from}:`, "g"), `$1${to}:`)

/** SQS on fauxqs: standard and FIFO queues, long polling, visibility, delay, dead letters; in memory, on the machine's clock. */
export function sqs(): Service {
  let engine: Fauxqs | undefined
  let starting: Promise<Fauxqs> | undefined
  const ready = async (cloud: Cloud) => (engine ??= await (starting ??= startFauxqs(cloud.region)))

  function toEngine(request: AwsRequest, operation: string, cloud: Cloud): string {
    const name = queueName(request.json)
    const json = {
      ...request.json,
      ...(request.json?.QueueUrl && { QueueUrl: `http://${ENGINE_HOST}/${ENGINE_ACCOUNT}/${name}` }),
    }
    const body = JSON.stringify(json)
    return ABOUT_QUEUES.has(operation) ? arnAccount(body, cloud.account, ENGINE_ACCOUNT) : body
  }

  function fromEngine(body: Buffer, cloud: Cloud): string {
    const own = arnAccount(body.toString("utf8"), ENGINE_ACCOUNT, cloud.account)
    return own.replaceAll(`http://${ENGINE_HOST}/${ENGINE_ACCOUNT}/`, `${cloud.awsUrl}/${cloud.account}/`)
  }

  return {
    names: ["sqs"],
    protocol: "json",
    types: TYPES,
    start: async (cloud) => void (await ready(cloud)),
    authorize,
    async handle(request, operation, cloud): Promise<AwsResponse> {
      const running = await ready(cloud)
      const headers = {
        host: ENGINE_HOST,
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `AmazonSQS.${operation}`,
      }
      const answer = await running.send({ method: "POST", path: "/", headers, body: toEngine(request, operation, cloud) })
      const contentType = answer.headers?.["content-type"] ?? "application/x-amz-json-1.0"
      const queryError = answer.headers?.["x-amzn-query-error"]
      return {
        status: answer.status,
        headers: { "content-type": contentType, ...(queryError && { "x-amzn-query-error": queryError }) },
        body: ABOUT_QUEUES.has(operation) ? fromEngine(answer.body, cloud) : answer.body,
        units: { requests: 1, bytes: request.body.length + answer.body.length },
      }
    },
    state() {
      const queues = engine?.stores.sqsStore.listQueues() ?? []
      const figure = (queue: (typeof queues)[number], name: Parameters<typeof queue.getAttribute>[0]) =>
        Number(queue.getAttribute(name))
      return queues.map((queue) => ({
        name: queue.name,
        visible: figure(queue, "ApproximateNumberOfMessages"),
        inFlight: figure(queue, "ApproximateNumberOfMessagesNotVisible"),
        delayed: figure(queue, "ApproximateNumberOfMessagesDelayed"),
      }))
    },
    async stop() {
      await engine?.stop()
      engine = undefined
    },
  }
}
