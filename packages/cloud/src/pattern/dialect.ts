/** Which of the operators a service documents. All others are refused by name when a pattern is read. */
export interface Dialect {
  operators: ReadonlySet<string>
  /** Operators that may stand inside `anything-but`. */
  anythingBut: ReadonlySet<string>
  /** Largest magnitude of a number in `numeric`. */
  maxNumber: number
  /** `exists: true` asks for a value that is neither null nor empty. */
  existsIsFilled?: true
}

const TEXT = ["prefix", "suffix", "equals-ignore-case"]

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
export const RULE: Dialect = {
  operators: new Set([...TEXT, "wildcard", "anything-but", "numeric", "exists", "cidr"]),
  anythingBut: new Set([...TEXT, "wildcard"]),
  maxNumber: 5e9,
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html */
export const SUBSCRIPTION: Dialect = {
  operators: new Set([...TEXT, "anything-but", "numeric", "exists", "cidr"]),
  anythingBut: new Set(["prefix", "suffix"]),
  maxNumber: 1e9,
  // https://docs.aws.amazon.com/sns/latest/dg/attribute-key-matching.html; a rule finds null and the empty text too.
  existsIsFilled: true,
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax */
export const SOURCE: Dialect = {
  operators: new Set([...TEXT, "anything-but", "numeric", "exists"]),
  anythingBut: new Set(),
  maxNumber: 5e9,
}
