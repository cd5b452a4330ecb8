import { checkAttached } from "../../endpoint/attached.ts"
import { AwsError } from "../../service.ts"

/** Number attributes with their ranges and defaults: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const NUMBERS: Readonly<Record<string, { from: number; to: number; default?: number }>> = {
  VisibilityTimeout: { from: 0, to: 43_200, default: 30 },
  // 1 MiB since August 2025: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
  MaximumMessageSize: { from: 1_024, to: 1_048_576, default: 1_048_576 },
  MessageRetentionPeriod: { from: 60, to: 1_209_600, default: 345_600 },
  DelaySeconds: { from: 0, to: 900, default: 0 },
  ReceiveMessageWaitTimeSeconds: { from: 0, to: 20, default: 0 },
  KmsDataKeyReusePeriodSeconds: { from: 60, to: 86_400 },
}
const FIFO_CHOICES: Readonly<Record<string, readonly string[]>> = {
  ContentBasedDeduplication: ["false", "true"],
  DeduplicationScope: ["queue", "messageGroup"],
  FifoThroughputLimit: ["perQueue", "perMessageGroupId"],
}
const TEXTS = ["KmsMasterKeyId", "Policy", "RedrivePolicy", "RedriveAllowPolicy"]

/** Attributes that can be set. */
export const SETTABLE: readonly string[] = [
  ...Object.keys(NUMBERS),
  "SqsManagedSseEnabled",
  "FifoQueue",
  ...Object.keys(FIFO_CHOICES),
  ...TEXTS,
]

const invalidAttribute = (name: string, reason?: string): AwsError =>
  new AwsError("InvalidAttributeValue", `Invalid value for the parameter ${name}.${reason ? ` Reason: ${reason}` : ""}`)

export const unknownAttribute = (name: string): AwsError => new AwsError("InvalidAttributeName", `Unknown Attribute ${name}.`)

const defaults = (isFifo: boolean): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(NUMBERS).flatMap(([name, { default: value }]) => (value === undefined ? [] : [[name, String(value)]])),
  ),
  SqsManagedSseEnabled: "true",
  ...(isFifo && {
    FifoQueue: "true",
    ...Object.fromEntries(Object.entries(FIFO_CHOICES).map(([name, [first]]) => [name, first!])),
  }),
})

function checkNumber(name: string, value: string): void {
  const { from, to } = NUMBERS[name]!
  if (!/^\d{1,9}$/.test(value) || Number(value) < from || Number(value) > to)
    throw invalidAttribute(name, `Must be an integer from ${from} to ${to}.`)
}

function checkFifo(name: string, value: string, isFifo: boolean): void {
  if (!isFifo)
    throw name === "FifoQueue" || name === "ContentBasedDeduplication"
      ? unknownAttribute(name)
      : new AwsError("InvalidAttributeName", `You can specify the ${name} only when FifoQueue is set to true.`)
  if (name === "FifoQueue" && value !== "true") throw invalidAttribute(name, "Modifying queue type is not supported.")
  if (name !== "FifoQueue" && !FIFO_CHOICES[name]!.includes(value)) throw invalidAttribute(name)
}

/** A policy that is not understood as a whole is refused: it decides from now on. */
export const checkPolicy = (value: string): void =>
  checkAttached("the queue's policy", value, (reason) => invalidAttribute("Policy", reason))

/** The attributes of a queue after `given` are set on `current` (none for a new queue). An empty value brings back the default. */
export function withAttributes(
  given: Readonly<Record<string, string>>,
  isFifo: boolean,
  current: Readonly<Record<string, string>> = defaults(isFifo),
): Record<string, string> {
  const result: Record<string, string> = { ...current }
  const standard = defaults(isFifo)
  for (const [name, value] of Object.entries(given)) {
    if (!SETTABLE.includes(name)) throw unknownAttribute(name)
    if (value === "" && name !== "FifoQueue") {
      if (standard[name] === undefined) delete result[name]
      else if (name !== "SqsManagedSseEnabled") result[name] = standard[name]
      continue
    }
    if (name === "FifoQueue" || Object.hasOwn(FIFO_CHOICES, name)) checkFifo(name, value, isFifo)
    else if (Object.hasOwn(NUMBERS, name)) checkNumber(name, value)
    else if (name === "SqsManagedSseEnabled" && value !== "true" && value !== "false") throw invalidAttribute(name)
    else if (name === "Policy") checkPolicy(value)
    result[name] = value
  }
  if (given.KmsMasterKeyId && given.SqsManagedSseEnabled === "true")
    throw new AwsError(
      "InvalidAttributeName",
      "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
    )
  if (given.KmsMasterKeyId) result.SqsManagedSseEnabled = "false"
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html
  if (result.FifoThroughputLimit === "perMessageGroupId" && result.DeduplicationScope !== "messageGroup")
    throw invalidAttribute(
      "FifoThroughputLimit",
      "The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup.",
    )
  return result
}
