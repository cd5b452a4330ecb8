import { NotSimulated } from "../sql/error.ts"
import { literal } from "../sql/scan.ts"
import type { Token } from "../sql/tokens.ts"

/** One function call of a statement. */
export interface Call {
  /** Upper case. */
  name: string
  args: Token[][]
  /** What stands in the brackets of WITHIN GROUP (…). */
  within?: Token[]
  /** What stands in the brackets of OVER (…). */
  over?: Token[]
  ignoreNulls: boolean
  /** The engine's SQL of a part of the statement. */
  sql(tokens: readonly Token[]): string
}

/** What one function is in both engines. Only functions with a rule may be called: everything else is refused by name. */
export interface Rule {
  min: number
  max: number
  kind: "scalar" | "aggregate" | "window"
  /** Why this call would not give Redshift's answer, or undefined. Needs no engine: the linter asks it too. */
  problem?(call: Omit<Call, "sql">): string | undefined
  /** The engine's SQL; without it the call is the same in both. */
  rewrite?(call: Call): string
}

export type Rules = Record<string, Rule>

/** Same name, same answer. */
export const same = (min: number, max = min, kind: Rule["kind"] = "scalar"): Rule => ({ min, max, kind })

/** The engine's text from the texts of the arguments. */
export const as = (min: number, max: number, rewrite: (...args: string[]) => string): Rule => ({
  min,
  max,
  kind: "scalar",
  rewrite: (call) => rewrite(...call.args.map(call.sql)),
})

export const renamed = (name: string, min: number, max = min): Rule => as(min, max, (...args) => `${name}(${args.join(", ")})`)

export const group = (rules: Rule, names: string): Rules => Object.fromEntries(names.split(" ").map((name) => [name, rules]))

export const overOf = (call: Call): string => (call.over ? ` OVER (${call.sql(call.over)})` : "")

/** The text of an argument that must be a literal, since its meaning is decided while the statement is read. */
export function literalOf(call: Omit<Call, "sql">, index: number): string {
  const arg = call.args[index]
  if (arg?.length !== 1 || arg[0]!.kind !== "string")
    throw new NotSimulated(`${call.name} with anything but a literal as argument ${index + 1}`)
  return literal(arg[0]!)
}
