import { createHash, randomUUID } from "node:crypto"
import { invalid } from "./errors.ts"
import type { Form } from "../protocol/form.ts"
import { type Attribute, type Message, messageBytes } from "./message.ts"
import type { Topic } from "./topic.ts"

const MAX_SUBJECT = 100

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html */
function attributesOf(form: Form): Record<string, Attribute> {
  const attributes: Record<string, Attribute> = {}
  for (const entry of form.list("MessageAttributes.entry")) {
    const name = entry.get("Name") ?? ""
    const [DataType = "", StringValue, BinaryValue] = ["DataType", "StringValue", "BinaryValue"].map((each) =>
      entry.get(`Value.${each}`),
    )
    if (!/^[\w.-]{1,256}$/.test(name)) throw invalid(`Invalid message attribute name ${name}`)
    if (!/^(String|Number|Binary)(\.|$)/.test(DataType))
      throw invalid(
        `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
      )
    const isBinary = DataType.startsWith("Binary")
    if ((isBinary ? BinaryValue : StringValue) === undefined || (isBinary ? BinaryValue : StringValue) === "")
      throw invalid(
        `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${DataType}'.`,
      )
    if (DataType.startsWith("Number") && Number.isNaN(Number(StringValue)))
      throw invalid(`Could not cast message attribute '${name}' value to number.`)
    attributes[name] = { DataType, StringValue, BinaryValue }
  }
  return attributes
}

function textOf(form: Form): Message["text"] {
  const text = form.get("Message") ?? ""
  if (text === "") throw invalid("Empty message")
  if (form.get("MessageStructure") !== "json") return { default: text }
  let texts: any
  try {
    texts = JSON.parse(text)
  } catch {
    throw invalid("Message Structure - JSON message body failed to parse")
  }
  if (typeof texts?.default !== "string") throw invalid("Message Structure - No default entry in JSON message body")
  return texts
}

/** A FIFO topic needs a group and an id by which repetitions are known: https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html */
function ordering(form: Form, topic: Topic, body: string): Pick<Message, "groupId" | "deduplicationId"> {
  const groupId = form.get("MessageGroupId")
  if (!topic.fifo) {
    if (form.get("MessageDeduplicationId") !== undefined)
      throw invalid(
        "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
      )
    // To a standard topic a group is allowed; queues use it for fairness.
    return { groupId }
  }
  if (groupId === undefined) throw invalid("The MessageGroupId parameter is required for FIFO topics")
  const deduplicationId =
    form.get("MessageDeduplicationId") ?? (topic.contentBased ? createHash("sha256").update(body).digest("hex") : undefined)
  if (deduplicationId === undefined)
    throw invalid("The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly")
  return { groupId, deduplicationId }
}

/** Reads what Publish and each entry of PublishBatch say; throws InvalidParameter. */
export function readMessage(form: Form, topic: Topic, now: number, trace: string | undefined): Message {
  const text = textOf(form)
  const attributes = attributesOf(form)
  const subject = form.get("Subject")
  // oxlint-disable-next-line no-control-regex
  if (subject !== undefined && (!/^[^\u0000-\u001f]{1,}$/.test(subject) || subject.length > MAX_SUBJECT)) throw invalid("Subject")
  if (messageBytes({ text, attributes }) > topic.maxBytes) throw invalid("Message too long")
  return {
    id: randomUUID(),
    topicArn: topic.arn,
    at: now,
    subject,
    text,
    attributes,
    ...ordering(form, topic, form.get("Message") ?? ""),
    trace,
  }
}
