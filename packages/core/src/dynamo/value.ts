/** Values as DynamoDB writes them: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html */
type AttributeValue = Record<string, unknown>

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")

function numberText(value: number | bigint): string {
  if (typeof value === "number" && (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER))
    throw new RangeError(`${value} is no number that DynamoDB gives back as it was. Store it as text.`)
  return String(value)
}

function setOf(values: ReadonlySet<unknown>): AttributeValue {
  const all = [...values].filter((each) => each !== undefined)
  if (all.length === 0) throw new TypeError("DynamoDB has no empty sets. Leave the attribute out.")
  if (all.every((each) => typeof each === "string")) return { SS: all }
  if (all.every((each) => typeof each === "number" || typeof each === "bigint")) return { NS: all.map(numberText) }
  if (all.every((each) => each instanceof Uint8Array)) return { BS: all.map(base64) }
  throw new TypeError("A set holds texts, numbers or bytes, and one kind of them.")
}

const isPlain = (value: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(value))

/** An own member, also where it is called `__proto__`. */
function put<T>(map: Record<string, T>, name: string, value: T): void {
  if (name === "__proto__") Object.defineProperty(map, name, { value, enumerable: true, writable: true, configurable: true })
  else map[name] = value
}

/** A value as it travels. What is undefined inside maps, lists and sets is left out. */
function toAttribute(value: unknown): AttributeValue {
  if (typeof value === "string") return { S: value }
  if (typeof value === "number" || typeof value === "bigint") return { N: numberText(value) }
  if (typeof value === "boolean") return { BOOL: value }
  if (value === null) return { NULL: true }
  if (value instanceof Uint8Array) return { B: base64(value) }
  if (value instanceof Set) return setOf(value)
  if (Array.isArray(value)) return { L: value.filter((each) => each !== undefined).map(toAttribute) }
  if (typeof value === "object" && isPlain(value)) return { M: toAttributes(value) }
  throw new TypeError(`${typeof value} is nothing that DynamoDB stores.`)
}

export function toAttributes(map: object): AttributeValue {
  const attributes: Record<string, AttributeValue> = {}
  for (const [name, value] of Object.entries(map)) if (value !== undefined) put(attributes, name, toAttribute(value))
  return attributes
}

/** Integers that a number cannot hold come back as bigint. */
function numberOf(text: string): number | bigint {
  const value = Number(text)
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value
  if (!/^-?\d+$/.test(text)) throw new RangeError(`${text} is more than a number holds. Store it as text.`)
  return BigInt(text)
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "base64"))

function fromAttribute(attribute: AttributeValue): unknown {
  const [[kind, value]] = Object.entries(attribute) as [[string, any]]
  if (kind === "S" || kind === "BOOL") return value
  if (kind === "N") return numberOf(value)
  if (kind === "NULL") return null
  if (kind === "M") return fromAttributes(value)
  if (kind === "L") return value.map(fromAttribute)
  if (kind === "B") return bytesOf(value)
  if (kind === "SS") return new Set(value)
  if (kind === "NS") return new Set(value.map(numberOf))
  if (kind === "BS") return new Set(value.map(bytesOf))
  throw new TypeError(`DynamoDB answered a value of the unknown kind ${kind}.`)
}

export function fromAttributes(attributes: AttributeValue): Record<string, unknown> {
  const map: Record<string, unknown> = {}
  for (const name of Object.keys(attributes)) put(map, name, fromAttribute(attributes[name] as AttributeValue))
  return map
}
