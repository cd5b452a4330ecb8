import { type Condition, compileCondition } from "./condition.ts"
import { type Context, contextOf, type Values } from "./context.ts"
import { arnGlob, glob, type Matcher } from "./glob.ts"
import { checkConditions, checkPrincipal, readStatements } from "./malformed.ts"
import { malformed, type OneOrMany, type Policy, type Statement } from "./policy.ts"
import { compilePrincipal, type Match, type Who } from "./principal.ts"
import { compilePattern, type ContextMatcher, refuseVariables } from "./variables.ts"

export interface Verdict {
  decision: "allow" | "deny" | "implicitDeny"
  /** `<policy name>#<Sid or index>` of the statement that decided; none did in an implicit deny. */
  statement?: string
}

/** Condition keys of a request, or where to look them up. */
export type Asked = Values | Context

/** The identity policies of one role. */
export interface Evaluator {
  check(action: string, resource: string, context?: Asked): Verdict
}

/** The policy of one resource. */
export interface ResourcePolicy {
  check(who: Who, action: string, resource: string, context?: Asked): Verdict
}

interface Compiled {
  name: string
  deny: boolean
  /** Who is meant; everyone the policy is attached to in an identity policy. */
  principal(who: Who): Match
  action: Matcher
  resource: ContextMatcher
  conditions: Condition[]
  /** Decides the same whatever the request's context is. */
  plain: boolean
}

export const list = <T>(value: OneOrMany<T>): readonly T[] => (Array.isArray(value) ? value : [value as T])
const IDENTITY = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"] as const
const KNOWN = { identity: new Set<string>(IDENTITY), resource: new Set<string>([...IDENTITY, "Principal"]) }
const IMPLICIT: Verdict = Object.freeze({ decision: "implicitDeny" })

/** Decisions kept per action; S3 keys make resources unbounded, so the map starts over when it is full. */
const CACHED = 4_096

function texts(
  kind: "action" | "resource",
  where: string,
  yes: OneOrMany<string> | undefined,
  no: OneOrMany<string> | undefined,
): readonly string[] {
  if ((yes === undefined) === (no === undefined)) throw new Error(`${where} needs exactly one of the element and its Not form.`)
  const found = list(yes ?? no!)
  if (found.length === 0) throw malformed(`Policy statement must contain ${kind}s.`, where, "an empty list names nothing")
  for (const text of found)
    if (typeof text !== "string")
      throw new Error(`${where} holds ${JSON.stringify(text)} instead of text: an intrinsic was not resolved.`)
  return found
}

function compileAction(name: string, { Action, NotAction }: Statement): Matcher {
  const patterns = texts("action", `Action of ${name}`, Action, NotAction)
  for (const pattern of patterns) refuseVariables(pattern, `Action of ${name}`)
  const matchers = patterns.map((pattern) => compilePattern(pattern, (parts) => glob(parts, { ignoreCase: true }), name).matches)
  const nothing: Context = new Map()
  return (action) => matchers.some((matches) => matches(action, nothing)) === (Action !== undefined)
}

function compileResource(name: string, { Resource, NotResource }: Statement): Pick<Compiled, "resource" | "plain"> {
  const where = `Resource of ${name}`
  const patterns = texts("resource", where, Resource, NotResource).map((pattern) => compilePattern(pattern, arnGlob, where))
  const wanted = Resource !== undefined
  return {
    resource: (value, context) => patterns.some(({ matches }) => matches(value, context)) === wanted,
    plain: patterns.every(({ plain }) => plain),
  }
}

function compileStatement(kind: "identity" | "resource", name: string, statement: Statement, version?: string): Compiled {
  for (const key of Object.keys(statement))
    if (!KNOWN[kind].has(key))
      throw new Error(`NOT_SIMULATED: ${key} in IAM statement ${name}. Use ${[...KNOWN[kind]].join(", ")}.`)
  if (statement.Effect !== "Allow" && statement.Effect !== "Deny")
    throw new Error(`IAM statement ${name} needs Effect Allow or Deny.`)
  if (kind === "resource" && statement.Principal === undefined)
    throw new Error(`IAM statement ${name} is of a resource policy and needs a Principal.`)
  // Documents of 2008 take variables as plain text: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
  if (version !== "2012-10-17") refuseVariables(JSON.stringify(statement), `${name}, whose Version is not 2012-10-17`)
  if (statement.Principal !== undefined) checkPrincipal(statement.Principal, name)
  checkConditions(statement.Condition, name)
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => compileCondition(operator, key, values, name)),
  )
  const { resource, plain } = compileResource(name, statement)
  return {
    name,
    deny: statement.Effect === "Deny",
    principal: statement.Principal === undefined ? () => "named" : compilePrincipal(statement.Principal, name),
    action: compileAction(name, statement),
    resource,
    conditions,
    plain: plain && conditions.length === 0,
  }
}

/** As the call log names a statement: `<policy>#<Sid, or its place>`. */
export const nameOfStatement = (policy: string, { Sid }: Statement, index: number): string => `${policy}#${Sid ?? index}`

/** Statements in the order in which the first that matches decides: explicit denies come first. */
const ordered = (kind: "identity" | "resource", policies: readonly Policy[]): Compiled[] =>
  policies
    .flatMap((policy) =>
      readStatements(policy).map((statement, index) =>
        compileStatement(kind, nameOfStatement(policy.name, statement, index), statement, policy.document.Version),
      ),
    )
    .toSorted((a, b) => Number(b.deny) - Number(a.deny))

const verdictOf = ({ deny, name }: Compiled): Verdict => Object.freeze({ decision: deny ? "deny" : "allow", statement: name })

interface Candidates {
  statements: { statement: Compiled; verdict: Verdict }[]
  cache?: Map<string, Verdict>
}

/** The statements about an action, found once. */
function byAction(statements: readonly Compiled[]): (action: string) => Candidates {
  const known = new Map<string, Candidates>()
  return (action) => {
    const found = known.get(action)
    if (found) return found
    const matching = statements
      .filter((statement) => statement.action(action))
      .map((statement) => ({ statement, verdict: verdictOf(statement) }))
    const plain = matching.every(({ statement }) => statement.plain)
    const made: Candidates = { statements: matching, cache: plain ? new Map<string, Verdict>() : undefined }
    known.set(action, made)
    return made
  }
}

const isContext = (asked: Asked): asked is Context => typeof asked.get === "function"
const applies = ({ resource, conditions }: Compiled, on: string, context: Context): boolean =>
  resource(on, context) && conditions.every((holds) => holds(context))

/**
 * Compiles the identity policies of one role. Explicit deny beats allow beats the default deny:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function compile(policies: readonly Policy[]): Evaluator {
  const candidates = byAction(ordered("identity", policies))
  return {
    check(action, resource, context = {}) {
      const { statements, cache } = candidates(action)
      const cached = cache?.get(resource)
      if (cached) return cached
      const values = isContext(context) ? context : contextOf(context)
      const verdict = statements.find(({ statement }) => applies(statement, resource, values))?.verdict ?? IMPLICIT
      if (cache) {
        if (cache.size >= CACHED) cache.clear()
        cache.set(resource, verdict)
      }
      return verdict
    },
  }
}

/**
 * Compiles the policy of one resource. An Allow to an account lets no principal in by itself, it leaves the matter to the account's identity
 * policies; a Deny to an account means each of its principals: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function compileResourcePolicy(policies: readonly Policy[]): ResourcePolicy {
  const candidates = byAction(ordered("resource", policies))
  return {
    check(who, action, resource, context = {}) {
      const values = isContext(context) ? context : contextOf(context)
      const decided = candidates(action).statements.find(({ statement }) => {
        const match = statement.principal(who)
        return (match === "named" || (match === "account" && statement.deny)) && applies(statement, resource, values)
      })
      return decided?.verdict ?? IMPLICIT
    },
  }
}
