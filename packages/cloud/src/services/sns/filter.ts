import { compilePattern, type Pattern, PatternError, SUBSCRIPTION } from "../../pattern/index.ts"
import type { Attribute, Message } from "./message.ts"
import { invalid } from "./errors.ts"

export type Scope = "MessageAttributes" | "MessageBody"

/** https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
const LIMITS = { keys: 5, combinations: 150, bytes: 262_144 } as const

/** Which messages a subscription takes. */
export interface Filter {
  accepts(message: Message): boolean
}

function values({ DataType, StringValue = "" }: Attribute): unknown {
  if (DataType === "String.Array") {
    try {
      const array: unknown = JSON.parse(StringValue)
      return Array.isArray(array) ? array : undefined
    } catch {
      return undefined
    }
  }
  if (DataType.startsWith("Number")) return Number(StringValue)
  return DataType.startsWith("Binary") ? undefined : StringValue
}

function bodyOf(message: Message): unknown {
  try {
    return JSON.parse(message.text.default)
  } catch {
    return undefined
  }
}

function requireSmall({ leaves }: Pattern, scope: Scope): void {
  if (leaves.length > LIMITS.keys) throw invalid(`FilterPolicy: Filter policy can not have more than ${LIMITS.keys} keys`)
  if (scope === "MessageAttributes" && leaves.some(({ depth }) => depth > 1))
    throw invalid("FilterPolicy: Filter policy scope MessageAttributes does not support nested filter policy")
  // Below the top level each value counts as often as it lies deep.
  const combinations = leaves.reduce((product, { values, depth }) => product * values * depth, 1)
  if (combinations > LIMITS.combinations)
    throw invalid(`FilterPolicy: Filter policy is too complex: ${combinations} combinations of at most ${LIMITS.combinations}`)
}

/** Reads a filter policy (JSON text), or throws InvalidParameter with the operator or limit that is wrong. */
export function readFilter(text: string | undefined, scope: Scope): Filter | undefined {
  if (text === undefined || text === "" || text === "{}") return undefined
  if (Buffer.byteLength(text) > LIMITS.bytes) throw invalid("FilterPolicy: Filter policy is larger than 256 KB")
  let pattern: Pattern
  try {
    pattern = compilePattern(JSON.parse(text), SUBSCRIPTION)
  } catch (error) {
    if (error instanceof PatternError) throw invalid(`FilterPolicy: ${error.message}`)
    throw invalid("FilterPolicy: failed to parse JSON.")
  }
  requireSmall(pattern, scope)
  if (scope === "MessageBody") {
    return {
      accepts(message) {
        const body = bodyOf(message)
        return typeof body === "object" && body !== null && pattern.matches(body)
      },
    }
  }
  return {
    // Whatever the policy says of absence, a message without any attribute does not match: https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html
    accepts: ({ attributes }) =>
      Object.keys(attributes).length > 0 &&
      pattern.matches(Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, values(attribute)]))),
  }
}
