import type { Call } from "./dynamodb-arbitrary.ts"

export interface Told {
  status: number
  /** Name of the error, without its namespace. */
  error?: string
  message?: string
  json: any
}

/** Where our DynamoDB and dynalite answer differently, what AWS documents, and who is right. */
export interface Difference {
  name: string
  /** What AWS answers, with the page that says so; or that no page says it. */
  aws: string
  right: "ours" | "dynalite" | "either"
  is(call: Call, ours: Told, theirs: Told): boolean
}

const text = (call: Call): string => JSON.stringify(call.body)
const message = ({ message: told = "" }: Told): string => told
const isInvalid = ({ error }: Told): boolean => error === "ValidationException"
const bothInvalid = (ours: Told, theirs: Told): boolean => isInvalid(ours) && isInvalid(theirs)
const passed = ({ status }: Told): boolean => status === 200
/** Without the order of attributes and of the members of sets. */
function sorted(value: any): any {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries<any>(value).map(([name, inner]) => [
    name,
    /^[SNB]S$/.test(name) && Array.isArray(inner) ? inner.toSorted() : sorted(inner),
  ])
  return Object.fromEntries(entries.toSorted(([one], [two]) => (one < two ? -1 : 1)))
}
const without = ({ json }: Told, ...members: string[]): string =>
  JSON.stringify({ ...sorted(json), ...Object.fromEntries(members.map((member) => [member, undefined])) })
const ENVELOPE = "1 validation error detected: "
const bare = (told: Told): string => message(told).replace(ENVELOPE, "")
/** `a = b.c`, `#n <> b[0]`: a comparison of two attributes. */
const COMPARES_ATTRIBUTES = /[#a-z_][\w#.[\]]* (=|<>|<|<=|>|>=) [#a-z_][\w#.[\]]*/

const API = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference"
const GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"

/** The first that fits explains a difference, so the narrow ones come first. */
export const DIFFERENCES: readonly Difference[] = [
  {
    name: "writes pay for the indexes they reach",
    aws: `An item that is put into an index, changed or taken out of it costs write units there, and the total counts them: ${GUIDE}/GSI.html#GSI.ThroughputConsiderations, ${GUIDE}/LSI.html#LSI.ThroughputConsiderations. dynalite counts the table alone unless INDEXES is asked for.`,
    right: "ours",
    is: ({ operation }, ours, theirs) =>
      operation.endsWith("Item") &&
      passed(ours) &&
      passed(theirs) &&
      without(ours, "ConsumedCapacity") === without(theirs, "ConsumedCapacity"),
  },
  {
    name: "Select and ProjectionExpression must agree",
    aws: `"If you use the ProjectionExpression parameter, then the value for Select can only be SPECIFIC_ATTRIBUTES. Any other value for Select will return an error"; ALL_PROJECTED_ATTRIBUTES is for indexes: ${API}/API_Query.html#DDB-Query-request-Select`,
    right: "ours",
    is: (call, ours, theirs) => call.body.Select !== undefined && isInvalid(ours) && passed(theirs),
  },
  {
    name: "an index key may not be empty",
    aws: `"Empty String and Binary attribute values are allowed, if the attribute is not used as a key attribute for a table or index": ${API}/API_PutItem.html. dynalite refuses them for the table's key alone.`,
    right: "ours",
    is: (_, ours) => isInvalid(ours) && message(ours).includes("a secondary index key is not supported"),
  },
  {
    name: "DeleteItem returns NONE or ALL_OLD",
    aws: `"DeleteItem does not recognize any values other than NONE or ALL_OLD": ${API}/API_DeleteItem.html. dynalite takes UPDATED_NEW.`,
    right: "ours",
    is: ({ operation, body }, ours) => operation === "DeleteItem" && body.ReturnValues === "UPDATED_NEW" && isInvalid(ours),
  },
  {
    name: "a comparison with an attribute that is not there",
    aws: `No page says it. The engine, whose answers are compared with AWS's by a public suite, takes = and the orders for false and <> for true; dynalite takes two missing attributes for equal, and <> for false where the left one is missing. ${GUIDE}/Expressions.OperatorsAndFunctions.html`,
    right: "ours",
    is: (call, ours, theirs) =>
      COMPARES_ATTRIBUTES.test(text(call)) &&
      (passed(ours) || ours.error === "ConditionalCheckFailedException") &&
      (passed(theirs) || theirs.error === "ConditionalCheckFailedException"),
  },
  {
    name: "a comparison with an attribute that is not there, before an update that cannot be done",
    aws: "As above: the condition is true here and the fault of the update is told, or the other way round.",
    right: "ours",
    is: (call, ours, theirs) =>
      COMPARES_ATTRIBUTES.test(text(call)) &&
      [ours, theirs].some(isInvalid) &&
      [ours, theirs].some(({ error }) => error === "ConditionalCheckFailedException"),
  },
  {
    name: "a Scan of a local index for more than it projects",
    aws: `With ALL_ATTRIBUTES "DynamoDB fetches the entire item from the parent table": ${API}/API_Scan.html#DDB-Scan-request-Select. The engine does not, so this is refused by name.`,
    right: "dynalite",
    is: ({ operation, body }, ours) =>
      operation === "Scan" && body.Select === "ALL_ATTRIBUTES" && ours.error === "NotSimulatedException",
  },
  {
    name: "numbers with a plus sign",
    aws: `Numbers are sent as strings, "positive, negative or zero"; no page speaks of a plus sign: ${GUIDE}/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number. dynalite refuses it.`,
    right: "either",
    is: (_, ours, theirs) =>
      isInvalid(theirs) && message(theirs).includes("cannot be converted to a numeric value: +5") && !isInvalid(ours),
  },
  {
    name: "an update that leaves nothing to return",
    aws: `UPDATED_NEW "returns only the updated attributes, as they appear after the operation"; of removed ones there are none, and no page says whether an empty map is sent then: ${API}/API_UpdateItem.html`,
    right: "either",
    is: ({ operation }, ours, theirs) =>
      operation === "UpdateItem" &&
      passed(ours) &&
      passed(theirs) &&
      without(ours, "Attributes", "ConsumedCapacity") === without(theirs, "Attributes", "ConsumedCapacity") &&
      Object.keys({ ...ours.json.Attributes, ...theirs.json.Attributes }).length === 0,
  },
  {
    name: "a condition that fails is told before what is wrong with the update's result",
    aws: `No page orders the two. Here the condition is looked at first; dynalite looks first at types of index keys, at key attributes and at missing operands. ${API}/API_UpdateItem.html`,
    right: "either",
    is: ({ operation }, ours, theirs) =>
      operation === "UpdateItem" &&
      ours.error === "ConditionalCheckFailedException" &&
      isInvalid(theirs) &&
      /Type mismatch for Index Key|part of the key|does not exist in the item|incorrect data type|invalid for update/.test(
        message(theirs),
      ),
  },
  {
    name: "DELETE of an index key that the item does not have",
    aws: `An element that is not there is not deleted, and no page calls that a fault: ${GUIDE}/Expressions.UpdateExpressions.html#Expressions.UpdateExpressions.DELETE. dynalite compares the type of the operand with that of the index key.`,
    right: "either",
    is: ({ operation, body }, ours, theirs) =>
      operation === "UpdateItem" &&
      /DELETE/.test(body.UpdateExpression) &&
      passed(ours) &&
      message(theirs).includes("Type mismatch for Index Key"),
  },
  {
    name: "a value for an index key that if_not_exists does not use",
    aws: `No page says whether its type is looked at then: ${GUIDE}/Expressions.UpdateExpressions.html. Here it is once it is used, with dynalite always.`,
    right: "either",
    is: ({ operation, body }, ours, theirs) =>
      operation === "UpdateItem" &&
      /if_not_exists/.test(body.UpdateExpression) &&
      passed(ours) &&
      message(theirs).includes("Type mismatch for Index Key"),
  },
  {
    name: "BETWEEN is for texts, numbers and bytes",
    aws: `"of the same type, either String, Number, or Binary (not a set type)", as the older form of the condition says: ${API}/API_Condition.html. dynalite takes other types.`,
    right: "ours",
    is: (_, ours) => isInvalid(ours) && message(ours).includes("operator or function: BETWEEN"),
  },
  {
    name: "the size of an empty text",
    aws: `size "returns the length of the string", which is 0: ${GUIDE}/Expressions.OperatorsAndFunctions.html#Expressions.OperatorsAndFunctions.Functions. For dynalite an empty text has none.`,
    right: "ours",
    is: (call, ours, theirs) => passed(ours) && passed(theirs) && /size\(/.test(text(call)),
  },
  {
    name: "maps and lists that are equal",
    aws: `"a = b: true if a is equal to b", of any type; IN likewise: ${GUIDE}/Expressions.OperatorsAndFunctions.html. dynalite compares them as objects, so they never are.`,
    right: "ours",
    is: (call, ours, theirs) =>
      !isInvalid(ours) && !isInvalid(theirs) && / (=|<>|IN) /.test(text(call)) && /"(L|M)":/.test(text(call)),
  },
  {
    name: "a sum of more than 38 digits",
    aws: `Numbers have up to 38 digits of precision, "exceeding this results in an exception": ${GUIDE}/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number. dynalite rounds or stores it.`,
    right: "ours",
    is: (_, ours, theirs) => isInvalid(ours) && message(ours).includes("more than 38 significant digits") && passed(theirs),
  },
  {
    name: "an order of values that have none",
    aws: `Lists, maps, sets, Booleans and nulls have no order, and no page says what < makes of them: ${GUIDE}/Expressions.OperatorsAndFunctions.html`,
    right: "either",
    is: (call, ours, theirs) =>
      passed(ours) && passed(theirs) && /[\w\]] (<|<=|>|>=) :/.test(text(call)) && /"(L|M|SS|NS|BS|BOOL|NULL)":/.test(text(call)),
  },
  {
    name: "the envelope of a message",
    aws: `No page gives messages. AWS writes "${ENVELOPE}" in front of faults in the expressions of writes today; dynalite's answers are older.`,
    right: "ours",
    is: (_, ours, theirs) => bothInvalid(ours, theirs) && bare(ours) === bare(theirs),
  },
  {
    name: "the words of a syntax error",
    aws: `No page gives messages; both are a ValidationException that says which expression is at fault: ${GUIDE}/CommonErrors.html`,
    right: "either",
    is: (_, ours, theirs) =>
      bothInvalid(ours, theirs) &&
      /Syntax error/.test(message(theirs)) &&
      bare(ours).split(":")[0] === bare(theirs).split(":")[0],
  },
  {
    name: "the words for bytes that are not base64",
    aws: "No page gives messages; both are a SerializationException.",
    right: "either",
    is: (_, ours, theirs) => ours.error === "SerializationException" && theirs.error === "SerializationException",
  },
  {
    name: "malformed bytes beside another fault",
    aws: "No page orders the two. AWS reads a request before it looks at its expressions, so dynalite is probably right; here some expressions are looked at first.",
    right: "dynalite",
    is: (_, ours, theirs) => isInvalid(ours) && theirs.error === "SerializationException",
  },
  {
    name: "another fault named first, or in other words",
    aws: `No page gives messages or an order of checks; both are a ValidationException: ${API}/CommonErrors.html`,
    right: "either",
    is: (_, ours, theirs) => bothInvalid(ours, theirs),
  },
]
