/** Condition keys (lower case) and the values of this request. */
export interface Context {
  get(key: string): readonly string[] | undefined
}

/** Condition keys as a request gives them, in any case. */
export type Values = Readonly<Record<string, string | readonly string[]>>

/** Keys ignore case: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html */
export const contextOf = (values: Values): Context =>
  new Map(Object.entries(values).map(([key, value]) => [key.toLowerCase(), typeof value === "string" ? [value] : value]))
