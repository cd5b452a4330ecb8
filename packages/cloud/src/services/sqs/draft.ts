import { createHash, randomUUID } from "node:crypto"
import { AwsError, type AwsRequest } from "../../service.ts"
import { invalidParameter, invalidValue, missingParameter } from "./errors.ts"
import type { MessageRecord } from "./message.ts"
import { attributeBytes, type AttributeValue, attributesMd5, checkCharacters, readAttributes } from "./message-attributes.ts"
import { type Call, type Input, integer } from "./operations/operation.ts"
import type { Queue } from "./queue.ts"

export type Draft = Omit<MessageRecord, "order">

/** What a message may carry in; the members of a SendMessage beside its queue. */
export const DRAFT_MEMBERS = [
  "MessageBody",
  "DelaySeconds",
  "MessageAttributes",
  "MessageSystemAttributes",
  "MessageDeduplicationId",
  "MessageGroupId",
]

const MAX_DELAY = 900
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const ID = /^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")
const md5 = (text: string): string => createHash("md5").update(text).digest("hex")

function readId(input: Input, name: "MessageGroupId" | "MessageDeduplicationId"): string | undefined {
  const id: unknown = input[name]
  if (id === undefined || id === null) return undefined
  if (typeof id === "string" && ID.test(id)) return id
  throw invalidValue(id, name, `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`)
}

function readTrace(given: Record<string, AttributeValue> | undefined): string | undefined {
  for (const [name, value] of Object.entries(given ?? {})) {
    if (name !== "AWSTraceHeader")
      throw invalidParameter(`The message system attribute name '${name}' is invalid: only AWSTraceHeader can be sent.`)
    if (value.DataType !== "String" || !value.StringValue)
      throw invalidParameter("Message (system) attribute 'AWSTraceHeader' must contain a non-empty value of type 'String'.")
    return value.StringValue
  }
  return undefined
}

/** Who sent a message, as its SenderId says. */
function senderId({ caller }: AwsRequest): string {
  if (caller.kind === "admin") return "AIDALOCALADMINISTRATOR"
  return `AROALOCAL:${caller.functionName ?? caller.principal ?? caller.roleArn?.split("/").at(-1) ?? ""}`
}

/** Groups and deduplication of a FIFO queue; a standard queue takes a group too, which changes no order. */
function readIds(input: Input, queue: Queue): { group?: string; deduplicationId?: string } {
  const group = readId(input, "MessageGroupId")
  const deduplicationId = readId(input, "MessageDeduplicationId")
  if (!queue.isFifo) {
    if (deduplicationId !== undefined)
      throw invalidValue(
        deduplicationId,
        "MessageDeduplicationId",
        "The request include parameter that is not valid for this queue type.",
      )
    return { group }
  }
  if (group === undefined) throw missingParameter("MessageGroupId")
  if (deduplicationId !== undefined) return { group, deduplicationId }
  if (queue.definition.attributes.ContentBasedDeduplication !== "true")
    throw invalidParameter(
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    )
  return { group, deduplicationId: sha256(String(input.MessageBody)) }
}

function readDelay(input: Input, queue: Queue): number {
  const given = integer(input, "DelaySeconds", (value) =>
    Number(value) < 0 || Number(value) > MAX_DELAY
      ? invalidValue(value, "DelaySeconds", `DelaySeconds must be >= 0 and <= ${MAX_DELAY}.`)
      : undefined,
  )
  if (given && queue.isFifo)
    throw invalidValue(given, "DelaySeconds", "The request include parameter that is not valid for this queue type.")
  return queue.isFifo ? queue.setting("DelaySeconds") : (given ?? queue.setting("DelaySeconds"))
}

/** A checked message that a queue can take. */
export function readDraft(input: Input, queue: Queue, { request, now }: Pick<Call, "request" | "now">): Draft {
  const body: unknown = input.MessageBody
  if (body === undefined || body === null || body === "") throw missingParameter("MessageBody")
  if (typeof body !== "string") throw new AwsError("SerializationException", "MessageBody must be text.")
  checkCharacters(body)
  const attributes = readAttributes(input.MessageAttributes)
  const delay = readDelay(input, queue)
  return {
    id: randomUUID(),
    body,
    md5: md5(body),
    attributes,
    // A sender's trace header is as good: https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html
    trace:
      readTrace(input.MessageSystemAttributes as Record<string, AttributeValue> | undefined) ??
      request.headers["x-amzn-trace-id"],
    sender: senderId(request),
    size: Buffer.byteLength(body) + attributeBytes(attributes),
    sentAt: now,
    enteredAt: now,
    visibleAt: now + delay * 1000,
    receives: 0,
    receivesHere: 0,
    ...readIds(input, queue),
  }
}

/** The digests by which a sender sees that what arrived is what it sent. */
export const digestsOf = (draft: Draft) => ({
  MD5OfMessageBody: draft.md5,
  ...(draft.attributes && { MD5OfMessageAttributes: attributesMd5(draft.attributes) }),
  ...(draft.trace !== undefined && {
    MD5OfMessageSystemAttributes: attributesMd5({ AWSTraceHeader: { DataType: "String", StringValue: draft.trace } }),
  }),
})

/** The refusal of a message that is larger than its queue takes. */
export const tooLarge = (queue: Queue, verb: "are invalid" | "cannot be validated"): AwsError =>
  invalidParameter(
    `One or more parameters ${verb}. Reason: Message must be shorter than ${queue.setting("MaximumMessageSize")} bytes.`,
  )
