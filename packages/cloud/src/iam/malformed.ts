import { malformed, type Policy, type Statement } from "./policy.ts"

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T])

/**
 * What IAM refuses when a policy is written, as far as that can be told from the policy alone. A policy that IAM would not keep must not decide here:
 * an empty NotAction would mean everything. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */

export type PolicyKind = "identity" | "resource" | "trust"

const SYNTAX = "Syntax errors in policy."
const VERSIONS = ["2012-10-17", "2008-10-17"]
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The shape of a document, before anything in it is looked at. */
export function readStatements({ name, document }: Policy): readonly Statement[] {
  if (!isObject(document)) throw malformed(SYNTAX, name, "a policy is an object")
  for (const key of Object.keys(document))
    if (!["Version", "Id", "Statement"].includes(key))
      throw malformed(SYNTAX, name, `${key} is no element of a policy: use Version, Id and Statement`)
  const { Version, Id } = document as Record<string, unknown>
  if (Version !== undefined && !VERSIONS.includes(Version as string))
    throw malformed("Policy document must be version 2012-10-17 or greater.", name, `Version is ${JSON.stringify(Version)}`)
  if (Id !== undefined && typeof Id !== "string") throw malformed(SYNTAX, name, "Id is text")
  // An empty list, which IAM refuses too, is what a role without permissions is made with in tests; it lets nobody do anything.
  const statements = list(document.Statement)
  for (const statement of statements) if (!isObject(statement)) throw malformed(SYNTAX, name, "a statement is an object")
  return statements
}

function checkSids(kind: PolicyKind, name: string, statements: readonly Statement[]): void {
  const seen = new Set<string>()
  for (const { Sid } of statements) {
    if (Sid === undefined || Sid === "") continue
    if (typeof Sid !== "string") throw malformed(SYNTAX, name, "a Sid is text")
    if (seen.has(Sid)) throw malformed("Statement IDs (SID) in a single policy must be unique.", name, `${Sid} is there twice`)
    seen.add(Sid)
    // Policies of buckets, queues and topics may have spaces and more in theirs.
    if (kind !== "resource" && !/^[0-9A-Za-z]*$/.test(Sid))
      throw malformed(
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
        name,
        `Sid is ${Sid}`,
      )
  }
}

function checkAction(action: string, where: string): void {
  if (action === "*") return
  const [vendor = "", verb, ...more] = action.split(":")
  if (verb === undefined)
    throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.", where, `Action is ${action}`)
  if (more.length > 0) throw malformed("Actions/Condition can contain only one colon.", where, `Action is ${action}`)
  if (vendor !== "*" && !/^[A-Za-z0-9.-]+$/.test(vendor))
    throw malformed(`Vendor ${vendor} is not valid`, where, "name a service in full")
  if (!/^[\w*?.-]+$/.test(verb)) throw malformed(SYNTAX, where, `${action} names no action after its colon`)
}

function checkResource(resource: string, where: string): void {
  if (resource === "*") return
  const [arn, partition, vendor, region = "", ...rest] = resource.split(":")
  if (arn !== "arn" || partition === undefined)
    throw malformed(
      `Resource ${resource} must be in ARN format or "*".`,
      where,
      "write arn:aws:<service>:<region>:<account>:<resource>",
    )
  if (!/^aws(-[a-z-]+)?$/.test(partition))
    throw malformed(`Partition "${partition}" is not valid for resource "${resource}".`, where, "write arn:aws:…")
  if (vendor === undefined || !/^[A-Za-z0-9-]+$/.test(vendor))
    throw malformed("Resource vendor must be fully qualified and cannot contain regexes.", where, `Resource is ${resource}`)
  if (vendor === "s3" && !["", "*"].includes(region) && rest.length > 1)
    throw malformed(`Resource ${resource} can not contain region information.`, where, "leave the region of a bucket out")
  if (vendor === "iam" && !["", "*"].includes(region))
    throw malformed(`IAM resource ${resource} cannot contain region information.`, where, "leave the region out")
  if (resource.includes("::") && rest.length < 2)
    throw malformed("The policy failed legacy parsing", where, `${resource} ends before its resource`)
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export function checkPrincipal(principal: unknown, where: string): void {
  if (typeof principal === "string") return
  const values = isObject(principal) ? Object.values(principal).map((value) => (Array.isArray(value) ? value : [value])) : []
  if (
    values.length === 0 ||
    values.some((each) => each.length === 0 || each.some((one) => typeof one !== "string" || one === ""))
  )
    throw malformed("Invalid principal in policy", where, 'name who is meant: {"AWS": …} or {"Service": …}')
}

/** The shape of a Condition; operators and values are read where they are compiled. */
export function checkConditions(conditions: unknown, where: string): void {
  if (conditions === undefined) return
  if (!isObject(conditions)) throw malformed(SYNTAX, where, "Condition is an object of operators")
  for (const [operator, keys] of Object.entries(conditions)) {
    if (!isObject(keys)) throw malformed(SYNTAX, where, `${operator} is an object of condition keys`)
  }
}

const ASSUME = /^sts:(AssumeRole\w*|TagSession|SetSourceIdentity|SetContext|\*|AssumeRole\*)$/i

function checkStatement(kind: PolicyKind, statement: Statement, where: string): void {
  const { Action, NotAction, Resource, NotResource, Condition } = statement
  const actions = list(Action ?? NotAction ?? [])
  for (const action of actions) checkAction(action, where)
  for (const key of Object.values(Condition ?? {}).flatMap((keys) => Object.keys(keys)))
    if (!key.includes(":"))
      throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.", where, `the key is ${key}`)
  if (kind !== "trust") for (const resource of list(Resource ?? NotResource ?? [])) checkResource(resource, where)
  else if (Resource !== undefined || NotResource !== undefined)
    throw malformed("Has prohibited field Resource", where, "a trust policy is about its own role")
  else if (!actions.every((action) => ASSUME.test(action)))
    throw malformed("AssumeRole policy may only specify STS AssumeRole actions.", where, `Action is ${actions.join(", ")}`)
}

/** Throws for a policy that IAM, or the service of the resource, would not keep. */
export function refuseMalformed(kind: PolicyKind, policy: Policy): void {
  const statements = readStatements(policy)
  checkSids(kind, policy.name, statements)
  statements.forEach((statement, index) => checkStatement(kind, statement, `${policy.name}#${statement.Sid ?? index}`))
}
