import { FRAMED } from "../functions/aggregates.ts"
import { refusalOf, ruleOf } from "../functions/index.ts"
import { isCall, readCall } from "../sql/calls.ts"
import { findTop } from "../sql/scan.ts"
import type { Token } from "../sql/tokens.ts"

const SYNTAX = new Set(["CAST", "TRY_CAST", "CONVERT"])

/** What is wrong with the function call at `at`, if one stands there. */
export function badCall(tokens: readonly Token[], at: number): string | undefined {
  // The first word is the statement's verb: UNLOAD ('…').
  if (at === 0 || !isCall(tokens, at)) return undefined
  if (tokens[at - 1]!.key === ".") return `${tokens[at]!.text}() with a schema (write its name alone)`
  if (tokens[at]!.kind === "quoted") return `function ${tokens[at]!.text} in quotes`
  const name = tokens[at]!.key
  if (SYNTAX.has(name)) return undefined
  const rule = ruleOf(name)
  if (!rule) return refusalOf(name)
  const { call } = readCall(tokens, at)
  const problem = rule.problem?.(call)
  if (problem) return problem
  if (!call.over) return rule.kind === "window" ? `${name} without OVER` : undefined
  const order = findTop(call.over, ["ORDER"])
  const framed = findTop(call.over, ["ROWS", "RANGE"]) >= 0
  if (order >= 0 && !framed && (rule.kind === "aggregate" || FRAMED.has(name)))
    return `${name} OVER (ORDER BY …) without a frame (Redshift demands one): add ROWS UNBOUNDED PRECEDING`
  if (findTop(call.over, ["NULLS"]) >= 0)
    return "NULLS FIRST or LAST in a window (its default is documented in two ways): leave it out"
  if (call.over.length === 1 && call.over[0]!.kind === "word" && tokens[at + 1]) return namedWindow(tokens)
  return undefined
}

const namedWindow = (tokens: readonly Token[]): string | undefined =>
  findTop(tokens, ["WINDOW"]) >= 0 ? "WINDOW clause: repeat the window in OVER (…)" : undefined
