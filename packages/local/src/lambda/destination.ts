import type { Cloud } from "../service.ts"

/** Sends a record of a failure to a queue, as the function's role. Says why in the log when it cannot. */
export async function sendTo(
  cloud: Cloud,
  arn: string,
  body: string,
  as: string,
  attributes?: Record<string, unknown>,
): Promise<boolean> {
  const queue = cloud.find("AWS::SQS::Queue", arn)
  if (!queue) {
    cloud.log("lambda", `${as}: the destination ${arn} is no queue of the templates`)
    return false
  }
  const request = { QueueUrl: queue.identity.ref, MessageBody: body, MessageAttributes: attributes }
  const { status, json } = await cloud.call({ service: "sqs", target: "AmazonSQS.SendMessage", body: request, as })
  if (status < 400) return true
  cloud.log(
    "lambda",
    `${as} could not report a failure to ${arn}: ${String(json?.__type ?? status)} ${String(json?.message ?? "")}`,
  )
  return false
}

/** Destinations that are no queues make the boot refuse by name. */
export function requireQueue(arn: unknown, owner: string): string | undefined {
  if (arn === undefined) return undefined
  if (typeof arn === "string" && arn.includes(":sqs:")) return arn
  throw new Error(`NOT_SIMULATED: destination ${String(arn)} of ${owner}: only queues are simulated.`)
}
