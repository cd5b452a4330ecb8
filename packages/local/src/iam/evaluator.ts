import { type Condition, compileCondition, type Context, refuseVariables } from "./condition.ts"
import { arnGlob, glob, type Matcher } from "./glob.ts"

type OneOrMany<T> = T | readonly T[]

export interface Statement {
  Sid?: string
  Effect: "Allow" | "Deny"
  Action?: OneOrMany<string>
  NotAction?: OneOrMany<string>
  Resource?: OneOrMany<string>
  NotResource?: OneOrMany<string>
  Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany<string | number | boolean>>>>>
}

/** A policy document with its intrinsics resolved. */
export interface Policy {
  /** Statements are named after it in the call log. */
  name: string
  document: { Version?: string; Id?: string; Statement: OneOrMany<Statement> }
}

export interface Verdict {
  decision: "allow" | "deny" | "implicitDeny"
  /** `<policy name>#<Sid or index>` of the statement that decided; none did in an implicit deny. */
  statement?: string
}

export interface Evaluator {
  check(action: string, resource: string, context?: Readonly<Record<string, string | readonly string[]>>): Verdict
}

interface Compiled {
  name: string
  deny: boolean
  action: Matcher
  resource: Matcher
  conditions: Condition[]
}

const list = <T>(value: OneOrMany<T>): readonly T[] => (Array.isArray(value) ? value : [value as T])
const anyOf = (matchers: Matcher[]): Matcher =>
  matchers.length === 1 ? matchers[0]! : (value) => matchers.some((matches) => matches(value))
const KNOWN = new Set(["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"])
const IMPLICIT: Verdict = Object.freeze({ decision: "implicitDeny" })

/** Decisions kept per action; S3 keys make resources unbounded, so the map starts over when it is full. */
const CACHED = 4_096

function element(
  where: string,
  yes: OneOrMany<string> | undefined,
  no: OneOrMany<string> | undefined,
  compile: (pattern: string) => Matcher,
): Matcher {
  if ((yes === undefined) === (no === undefined)) throw new Error(`${where} needs exactly one of the element and its Not form.`)
  const patterns = list(yes ?? no!)
  for (const pattern of patterns) {
    if (typeof pattern !== "string")
      throw new Error(`${where} holds ${JSON.stringify(pattern)} instead of text: an intrinsic was not resolved.`)
    refuseVariables(pattern)
  }
  const matches = anyOf(patterns.map(compile))
  return yes === undefined ? (value) => !matches(value) : matches
}

function compileStatement(name: string, statement: Statement): Compiled {
  for (const key of Object.keys(statement))
    if (!KNOWN.has(key))
      throw new Error(`NOT_SIMULATED: ${key} in IAM statement ${name}. An identity policy has ${[...KNOWN].join(", ")}.`)
  if (statement.Effect !== "Allow" && statement.Effect !== "Deny")
    throw new Error(`IAM statement ${name} needs Effect Allow or Deny.`)
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => compileCondition(operator, key, list(values).map(String))),
  )
  return {
    name,
    deny: statement.Effect === "Deny",
    action: element(`Action of ${name}`, statement.Action, statement.NotAction, (pattern) => glob(pattern, { ignoreCase: true })),
    resource: element(`Resource of ${name}`, statement.Resource, statement.NotResource, arnGlob),
    conditions,
  }
}

function toContext(context: Readonly<Record<string, string | readonly string[]>>): Context {
  return new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), typeof value === "string" ? [value] : value]))
}

/**
 * Compiles the identity policies of one role. Explicit deny beats allow beats the default deny:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function compile(policies: readonly Policy[]): Evaluator {
  const statements = policies.flatMap(({ name, document }) =>
    list(document.Statement).map((statement, index) => compileStatement(`${name}#${statement.Sid ?? index}`, statement)),
  )
  /** Denies come first, so the first statement that matches decides. */
  const ordered = statements.toSorted((a, b) => Number(b.deny) - Number(a.deny))
  const byAction = new Map<string, { statements: { statement: Compiled; verdict: Verdict }[]; cache?: Map<string, Verdict> }>()

  const relevant = (action: string) => {
    const known = byAction.get(action)
    if (known) return known
    const matching = ordered
      .filter((statement) => statement.action(action))
      .map((statement) => ({
        statement,
        verdict: Object.freeze<Verdict>({ decision: statement.deny ? "deny" : "allow", statement: statement.name }),
      }))
    const unconditional = matching.every(({ statement }) => statement.conditions.length === 0)
    const entry = { statements: matching, cache: unconditional ? new Map<string, Verdict>() : undefined }
    byAction.set(action, entry)
    return entry
  }

  return {
    check(action, resource, context = {}) {
      const { statements: candidates, cache } = relevant(action)
      const cached = cache?.get(resource)
      if (cached) return cached
      let values: Context | undefined
      const decided = candidates.find(
        ({ statement }) =>
          statement.resource(resource) && statement.conditions.every((holds) => holds((values ??= toContext(context)))),
      )
      const verdict = decided?.verdict ?? IMPLICIT
      if (cache) {
        if (cache.size >= CACHED) cache.clear()
        cache.set(resource, verdict)
      }
      return verdict
    },
  }
}
