import { createHash } from "node:crypto"
import { AwsError } from "../../service.ts"
import { invalidParameter } from "./errors.ts"

/** A message attribute as the JSON protocol carries it; BinaryValue is base64. */
export interface AttributeValue {
  DataType: string
  StringValue?: string
  BinaryValue?: string
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
const MAX_ATTRIBUTES = 10
const NAME = /^(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/
const RESERVED = /^(?:aws|amazon)\./i
const TYPE = /^(?:String|Number|Binary)(?:\..+)?$/
const MAX_TYPE = 256
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u

/** Throws for characters that XML does not have. */
export function checkCharacters(text: string): void {
  if (FORBIDDEN.test(text))
    throw new AwsError(
      "InvalidMessageContents",
      "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF",
    )
}

const isBinary = ({ DataType }: AttributeValue) => DataType.startsWith("Binary")
const bytesOf = (value: AttributeValue): Buffer =>
  isBinary(value) ? Buffer.from(value.BinaryValue!, "base64") : Buffer.from(value.StringValue!)

function checkValue(name: string, value: AttributeValue & Record<string, unknown>): AttributeValue {
  const { DataType, StringValue, BinaryValue, StringListValues, BinaryListValues } = value
  const what = `Message (user) attribute '${name}'`
  for (const list of [StringListValues, BinaryListValues])
    if (Array.isArray(list) && list.length > 0)
      throw new AwsError("UnsupportedOperation", "Message attribute list values in SendMessage operation are not supported.")
  if (typeof DataType !== "string" || DataType === "") throw invalidParameter(`${what} must contain a non-empty type.`)
  if (!TYPE.test(DataType) || DataType.length > MAX_TYPE)
    throw invalidParameter(
      `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    )
  const [given, other] = DataType.startsWith("Binary") ? [BinaryValue, StringValue] : [StringValue, BinaryValue]
  if (typeof given !== "string" || given === "")
    throw invalidParameter(`${what} must contain a non-empty value of type '${DataType}'.`)
  if (other !== undefined) throw invalidParameter(`${what} has multiple values.`)
  if (DataType.startsWith("Binary")) {
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(given) || given.length % 4 !== 0)
      throw new AwsError("SerializationException", `BinaryValue of ${name} must be base64.`)
    return { DataType, BinaryValue: given }
  }
  checkCharacters(given)
  if (DataType.startsWith("Number") && !NUMBER.test(given))
    throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`)
  return { DataType, StringValue: given }
}

/** The attributes of a message, checked; undefined where there are none. */
export function readAttributes(given: unknown): Record<string, AttributeValue> | undefined {
  const entries = Object.entries((given ?? {}) as Record<string, AttributeValue & Record<string, unknown>>)
  if (entries.length === 0) return undefined
  if (entries.length > MAX_ATTRIBUTES)
    throw invalidParameter(`Number of message attributes [${entries.length}] exceeds the allowed maximum [${MAX_ATTRIBUTES}].`)
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (!NAME.test(name))
        throw invalidParameter(
          `The message (user) attribute name '${name}' is invalid: it must be 1 to 256 letters, digits, underscores, hyphens and single periods, with none at its ends.`,
        )
      if (RESERVED.test(name))
        throw invalidParameter(
          "You can't use message attribute names beginning with 'AWS.' or 'Amazon.' because these strings are reserved for internal use.",
        )
      return [name, checkValue(name, value ?? ({} as AttributeValue & Record<string, unknown>))]
    }),
  )
}

/** Names, types and values count into a message's size. */
export const attributeBytes = (attributes: Readonly<Record<string, AttributeValue>> = {}): number =>
  Object.entries(attributes).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value.DataType) + bytesOf(value).length,
    0,
  )

/** The attributes that a receive asks for by name: all, a name, or all below a prefix (`bar.*`). Undefined where none is left. */
export function askedAttributes(
  attributes: Readonly<Record<string, AttributeValue>> | undefined,
  names: readonly string[],
): Record<string, AttributeValue> | undefined {
  if (!attributes || names.length === 0) return undefined
  const isAsked = (attribute: string) =>
    names.some(
      (name) =>
        name === "All" || name === ".*" || name === attribute || (name.endsWith(".*") && attribute.startsWith(name.slice(0, -2))),
    )
  const found = Object.entries(attributes).filter(([name]) => isAsked(name))
  return found.length > 0 ? Object.fromEntries(found) : undefined
}

const withLength = (bytes: Buffer): Buffer[] => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return [length, bytes]
}

/** The digest that receivers compare: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation */
export function attributesMd5(attributes: Readonly<Record<string, AttributeValue>>): string {
  const hash = createHash("md5")
  for (const [name, value] of Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const transport = Buffer.from([isBinary(value) ? 2 : 1])
    for (const part of [
      ...withLength(Buffer.from(name)),
      ...withLength(Buffer.from(value.DataType)),
      transport,
      ...withLength(bytesOf(value)),
    ])
      hash.update(part)
  }
  return hash.digest("hex")
}
