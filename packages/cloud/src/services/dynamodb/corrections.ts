import { notSimulated } from "../../endpoint/errors.ts"
import { segmentsOf, shownPath } from "./document-path.ts"
import { attributesIn, updateTargets } from "./expression.ts"
import { type AttributeValue, canonicalNumber, compareNumbers, isNumber } from "./key.ts"
import { invalid } from "./validation.ts"
import type { Table } from "./tables.ts"

/**
 * What AWS refuses and the engine lets pass, found by comparing it with dynalite, whose answers were taken from AWS. Each correction looks
 * for its own words first, so that the many requests without them cost nothing.
 */
const EXPRESSIONS = [
  ["UpdateExpression", "1 validation error detected: Invalid UpdateExpression: "],
  ["ConditionExpression", "1 validation error detected: Invalid ConditionExpression: "],
  ["FilterExpression", "Invalid FilterExpression: "],
  ["KeyConditionExpression", "Invalid KeyConditionExpression: "],
  ["ProjectionExpression", "Invalid ProjectionExpression: "],
] as const

const PATH = String.raw`[#A-Za-z_][\w#.[\]-]*`
const BETWEEN = /BETWEEN\s+(:[\w-]+)\s+AND\s+(:[\w-]+)/gi
const TYPE = /attribute_type\s*\([^,()]*,\s*(:[\w-]+)\s*\)/g
const SAME = new RegExp(String.raw`(?<![\w#.:\]-])(${PATH})\s*(=|<>|<=|>=|<|>)\s*(${PATH})(?![\w#.[(-])`, "g")
const TYPES = ["B", "NULL", "SS", "BOOL", "L", "BS", "N", "NS", "S", "M"]

const entryOf = (value: AttributeValue | undefined): [type: string, inner: any] | undefined => value && Object.entries(value)[0]

function between(text: string, values: any, prefix: string): void {
  for (const [, low = "", high = ""] of text.matchAll(BETWEEN)) {
    const [lower, upper] = [entryOf(values?.[low]), entryOf(values?.[high])]
    if (!lower || !upper) continue
    const shown = ([type, inner]: [string, any]) =>
      `AttributeValue: {${type}:${typeof inner === "object" ? JSON.stringify(inner) : inner}}`
    const operands = `lower bound operand: ${shown(lower)}, upper bound operand: ${shown(upper)}`
    const unordered = [lower, upper].find(([type]) => !["N", "S", "B"].includes(type))
    if (unordered)
      throw invalid(
        `${prefix}Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: ${unordered[0]}`,
      )
    if (lower[0] !== upper[0])
      throw invalid(`${prefix}The BETWEEN operator requires same data type for lower and upper bounds; ${operands}`)
    if (compare(lower[0], lower[1], upper[1]) > 0)
      throw invalid(`${prefix}The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${operands}`)
  }
}

const isBase64 = (text: string): boolean => Buffer.from(text, "base64").toString("base64") === text

/** Only numbers, texts and bytes have an order; the engine refuses the others, and what is none of them, itself. */
function compare(type: string, a: any, b: any): number {
  const [low, high] = [String(a), String(b)]
  if (type === "N") return isNumber(low) && isNumber(high) ? compareNumbers(low, high) : 0
  if (type === "B")
    return isBase64(low) && isBase64(high) ? Buffer.compare(Buffer.from(low, "base64"), Buffer.from(high, "base64")) : 0
  return type === "S" ? Buffer.compare(Buffer.from(low), Buffer.from(high)) : 0
}

function attributeType(text: string, values: any, prefix: string): void {
  for (const [, operand = ""] of text.matchAll(TYPE)) {
    const type = values?.[operand]?.S
    if (type !== undefined && !TYPES.includes(type))
      throw invalid(`${prefix}Invalid attribute type name found; type: ${type}, valid types: {${TYPES.join(",")}}`)
  }
}

function distinctOperands(text: string, names: any, prefix: string): void {
  for (const [, left = "", operator = "", right = ""] of text.matchAll(SAME)) {
    const path = shownPath(segmentsOf(left, names))
    if (path === shownPath(segmentsOf(right, names)))
      throw invalid(
        `${prefix}The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${path}`,
      )
  }
}

/** A path that goes on by name and another that goes on by index cannot both be right. */
function conflicts(paths: readonly string[], names: any, prefix: string): void {
  const all = paths.map((path) => segmentsOf(path, names))
  for (const [at, one] of all.entries())
    for (const two of all.slice(at + 1)) {
      const fork = one.findIndex((segment, index) => segment !== two[index])
      if (fork <= 0 || fork >= two.length || typeof one[fork] === typeof two[fork]) continue
      throw invalid(
        `${prefix}Two document paths conflict with each other; must remove or rewrite one of these paths; path one: ${shownPath(one)}, path two: ${shownPath(two)}`,
      )
    }
}

/** Names and values that are used must be given, also where no item comes to be looked at. */
function defined(text: string, names: any, values: any, prefix: string): void {
  for (const [token] of text.matchAll(/[#:][\w-]+/g)) {
    if (token.startsWith("#") && names?.[token] === undefined)
      throw invalid(`${prefix}An expression attribute name used in the document path is not defined; attribute name: ${token}`)
    if (token.startsWith(":") && values?.[token] === undefined)
      throw invalid(`${prefix}An expression attribute value used in expression is not defined; attribute value: ${token}`)
  }
}

const EMPTY: Readonly<Record<string, string>> = {
  SS: "An string set  may not be empty",
  NS: "An number set  may not be empty",
  BS: "Binary sets should not be empty",
}

/** What is wrong with the first set in a value, however deep, that is empty or has a member twice. */
function faultOf(value: AttributeValue | undefined): string | undefined {
  const [type = "", inner] = entryOf(value) ?? []
  if (type === "M")
    return Object.values<any>(inner ?? {})
      .map(faultOf)
      .find(Boolean)
  if (!Array.isArray(inner)) return undefined
  if (type === "L") return inner.map(faultOf).find(Boolean)
  if (inner.length === 0) return EMPTY[type]
  const members = type === "NS" ? inner.map((each) => canonicalNumber(String(each))) : inner
  return new Set(members).size < members.length ? `Input collection [${inner.join(", ")}] contains duplicates.` : undefined
}

/** Expressions of one action: a request, or an item of a transaction. */
export function checkExpressions(action: any): void {
  const { ExpressionAttributeValues: values, ExpressionAttributeNames: names } = action
  for (const [member, prefix] of EXPRESSIONS) {
    const text = action[member]
    if (typeof text !== "string") continue
    defined(text, names, values, prefix)
    if (/between/i.test(text)) between(text, values, prefix)
    if (text.includes("attribute_type")) attributeType(text, values, prefix)
    if (member === "ConditionExpression" || member === "FilterExpression") distinctOperands(text, names, prefix)
    if (!text.includes("[")) continue
    if (member === "ProjectionExpression")
      conflicts(
        text.split(",").map((path) => path.trim()),
        names,
        prefix,
      )
    if (member === "UpdateExpression")
      conflicts(
        updateTargets(text).map(({ path }) => path),
        names,
        prefix,
      )
  }
  for (const [name, value] of Object.entries<any>(values ?? {})) {
    const fault = faultOf(value)
    if (fault)
      throw invalid(
        `ExpressionAttributeValues contains invalid value: One or more parameter values were invalid: ${fault} for key ${name}`,
      )
  }
}

/** What a Query or Scan asks beside its expressions. */
export function checkRead(operation: "GetItem" | "Query" | "Scan", json: any, table: Table): void {
  const { Limit } = json
  if (typeof Limit === "number" && Limit < 1)
    throw invalid(
      `1 validation error detected: Value '${Limit}' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1`,
    )
  // AWS fetches the whole items from the table; the engine answers with what the index has.
  if (
    operation === "Scan" &&
    json.Select === "ALL_ATTRIBUTES" &&
    table.indexes.some(({ name, isGlobal, isWhole }) => name === json.IndexName && !isGlobal && !isWhole)
  )
    throw notSimulated("dynamodb", "Scan of a local index that does not project all attributes, with Select ALL_ATTRIBUTES")
  if (operation === "Query" && typeof json.KeyConditionExpression === "string") keyCondition(json, table)
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html#DDB-Query-request-KeyConditionExpression */
function keyCondition(json: any, table: Table): void {
  const text: string = json.KeyConditionExpression
  const keys = table.indexes.find(({ name }) => name === json.IndexName)?.keys ?? table.keys
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = json
  const [hash] = keys
  const named = attributesIn([text], names)
  if (hash && named.length > 0 && !named.includes(hash.name))
    throw invalid(`Query condition missed key schema element: ${hash.name}`)
  for (const [, path = "", , operand = ""] of text.matchAll(/([#A-Za-z_][\w-]*)\s*(,|=|<=|>=|<|>|BETWEEN)\s*(:[\w-]+)/gi)) {
    const key = keys.find(({ name }) => name === (path.startsWith("#") ? names?.[path] : path))
    const type = entryOf(values?.[operand])?.[0]
    if (!key || type === undefined) continue
    const isPrefix = new RegExp(String.raw`begins_with\s*\(\s*${path}\s*,`).test(text)
    if (isPrefix && type === "N")
      throw invalid(
        "Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
      )
    if (type !== key.type)
      throw invalid("One or more parameter values were invalid: Condition parameter type does not match schema type")
  }
}
