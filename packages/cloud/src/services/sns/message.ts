export interface Attribute {
  DataType: string
  StringValue?: string
  /** Base64. */
  BinaryValue?: string
}

/** A published message, as its deliveries carry it. */
export interface Message {
  id: string
  topicArn: string
  /** Epoch milliseconds. */
  at: number
  subject?: string
  /** Text by protocol where `MessageStructure` is `json`; `default` for all others. */
  text: Record<string, string> & { default: string }
  attributes: Record<string, Attribute>
  groupId?: string
  deduplicationId?: string
  sequenceNumber?: string
  /** `X-Amzn-Trace-Id` of the publisher. */
  trace?: string
}

const bytes = (text = ""): number => Buffer.byteLength(text)

/** Body and attributes: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export function messageBytes({ text, attributes }: Pick<Message, "text" | "attributes">): number {
  const body = Object.keys(text).length === 1 ? bytes(text.default) : bytes(JSON.stringify(text))
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue, BinaryValue }]) =>
      sum + bytes(name) + bytes(DataType) + bytes(StringValue) + Buffer.from(BinaryValue ?? "", "base64").length,
    body,
  )
}
