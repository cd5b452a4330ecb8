import { type AttributeValue, plainNumber } from "./key.ts"

/** The engine compares members of number sets as text, with what it keeps: numbers without exponent and needless zeros. */
const plain = (value: AttributeValue): AttributeValue =>
  Array.isArray(value?.NS) ? { ...value, NS: value.NS.map((each: unknown) => plainNumber(String(each))) } : value

const each = (values: Record<string, any>, change: (value: any) => any): Record<string, any> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]))

/**
 * An update whose number sets are written as the engine writes them, so that `ADD` and `DELETE` of `1.0` find the member 1.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
 */
export function withPlainSets(json: any): any {
  const { ExpressionAttributeValues: values, AttributeUpdates: updates } = json
  return {
    ...json,
    ...(values && { ExpressionAttributeValues: each(values, plain) }),
    ...(updates && {
      AttributeUpdates: each(updates, (update) => (update?.Value ? { ...update, Value: plain(update.Value) } : update)),
    }),
  }
}
