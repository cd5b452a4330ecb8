import { carrierOf, type Parcel, send } from "../delivery/send.ts"
import type { Cloud } from "../service.ts"

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-async-destinations */
const DESTINATIONS: readonly string[] = ["sqs", "sns", "lambda", "events"]

/** A bus gets the record as an event. */
function forBus(arn: string, body: string): Partial<Parcel> {
  const { requestContext } = JSON.parse(body) as { requestContext: { condition: string; functionArn: string } }
  const outcome = requestContext.condition === "Success" ? "Success" : "Failure"
  return {
    source: "lambda",
    detailType: `Lambda Function Invocation Result - ${outcome}`,
    resources: [arn, requestContext.functionArn],
  }
}

/** Sends a record of an invocation to its destination, as the function's role. Says why in the log when it cannot. */
export async function sendTo(
  cloud: Cloud,
  arn: string,
  body: string,
  as: string,
  attributes?: Parcel["attributes"],
): Promise<boolean> {
  const more = carrierOf(arn) === "events" ? forBus(arn, body) : { attributes }
  const sent = await send(cloud, { arn, text: body, as, ...more })
  if (sent.ok) return true
  cloud.log("lambda", `${as} could not report to ${arn}: ${sent.code} ${sent.message}`)
  return false
}

/** Destinations that are none of `allowed` make the boot refuse by name. */
export function requireDestination(arn: unknown, owner: string, allowed: readonly string[] = DESTINATIONS): string | undefined {
  if (arn === undefined) return undefined
  if (typeof arn === "string" && allowed.includes(carrierOf(arn) ?? "")) return arn
  throw new Error(`NOT_SIMULATED: destination ${String(arn)} of ${owner}: here it is one of ${allowed.join(", ")}.`)
}
