import type { AwsError } from "../../service.ts"
import { invalidValue } from "./errors.ts"

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const MAX_RECEIVES = 1_000
const MAX_SOURCES = 10

/** What a redrive policy is checked against: the dead letter queue it names. */
interface Target {
  name: string
  attributes: Readonly<Record<string, string>>
}

const QUEUE_ARN = /^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}(?:\.fifo)?$/

function objectOf(text: string, parameter: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Falls through to the same refusal.
  }
  throw invalidValue(text, parameter, "Redrive policy is not a valid JSON map.")
}

/** Whether a queue lets `sourceArn` use it for dead letters: allowAll, denyAll or byQueue. */
function allows(target: Target, sourceArn: string): boolean {
  const { redrivePermission = "allowAll", sourceQueueArns = [] } = JSON.parse(
    target.attributes.RedriveAllowPolicy ?? "{}",
  ) as RedriveAllowPolicy
  return redrivePermission === "allowAll" || (redrivePermission === "byQueue" && sourceQueueArns.includes(sourceArn))
}

interface RedriveAllowPolicy {
  redrivePermission?: "allowAll" | "denyAll" | "byQueue"
  sourceQueueArns?: string[]
}

/** Throws what AWS says of a RedrivePolicy that the queue `source` cannot have. */
export function checkRedrivePolicy(
  text: string,
  source: { name: string; arn: string },
  find: (arn: string) => Target | undefined,
): void {
  const refuse = (reason: string): AwsError => invalidValue(text, "RedrivePolicy", reason)
  const { deadLetterTargetArn, maxReceiveCount, ...others } = objectOf(text, "RedrivePolicy")
  const [other] = Object.keys(others)
  if (other !== undefined)
    throw refuse(`Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount], not ${other}.`)
  for (const [name, value] of Object.entries({ maxReceiveCount, deadLetterTargetArn }))
    if (value === undefined) throw refuse(`Redrive policy does not contain mandatory attribute: ${name}.`)
  const receives = Number(maxReceiveCount)
  if (!Number.isInteger(receives) || receives < 1 || receives > MAX_RECEIVES)
    throw refuse(
      `Invalid value for maxReceiveCount: ${String(maxReceiveCount)}, valid values are from 1 to ${MAX_RECEIVES} both inclusive.`,
    )
  if (typeof deadLetterTargetArn !== "string" || !QUEUE_ARN.test(deadLetterTargetArn))
    throw refuse("Invalid value for deadLetterTargetArn.")
  const target = find(deadLetterTargetArn)
  if (!target) throw refuse("Dead letter target does not exist.")
  if (target.name.endsWith(".fifo") !== source.name.endsWith(".fifo"))
    throw refuse("Dead-letter queue must be same type of queue as the source.")
  if (!allows(target, source.arn))
    throw refuse(`The RedriveAllowPolicy of ${target.name} does not let ${source.name} use it as its dead-letter queue.`)
}

/** Throws for a RedriveAllowPolicy that is none. */
export function checkRedriveAllowPolicy(text: string): void {
  const { redrivePermission, sourceQueueArns, ...others } = objectOf(text, "RedriveAllowPolicy")
  const refuse = (reason: string): AwsError => invalidValue(text, "RedriveAllowPolicy", reason)
  const [other] = Object.keys(others)
  if (other !== undefined) throw refuse(`${other} is no part of a redrive allow policy.`)
  if (redrivePermission !== "allowAll" && redrivePermission !== "denyAll" && redrivePermission !== "byQueue")
    throw refuse("redrivePermission must be allowAll, denyAll or byQueue.")
  if (redrivePermission !== "byQueue") {
    if (sourceQueueArns !== undefined) throw refuse("sourceQueueArns goes only with redrivePermission byQueue.")
    return
  }
  const arns = Array.isArray(sourceQueueArns) ? (sourceQueueArns as unknown[]) : []
  if (arns.length < 1 || arns.length > MAX_SOURCES || !arns.every((arn) => typeof arn === "string" && QUEUE_ARN.test(arn)))
    throw refuse(`sourceQueueArns must be 1 to ${MAX_SOURCES} ARNs of queues.`)
}
