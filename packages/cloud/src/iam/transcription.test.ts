import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import fc from "fast-check"
import { afterAll, expect, test } from "vitest"
import * as access from "../endpoint/access.ts"
import type { Access, Resource } from "../service.ts"
import { ACCOUNT, type Case, type Permission, QUEUE, randomCase, ROLE } from "./arbitraries.ts"
import type { Statement } from "./policy.ts"
import * as iam from "./index.ts"
import { type Decision, decideSlowly } from "./slow-evaluator.ts"

const NOW = Date.UTC(2030, 0, 1)
const place = { account: ACCOUNT, region: "us-east-1", stage: "test", now: () => NOW }
const resource = (logicalId: string, type: string, properties: object, arn?: string, ref = logicalId): Resource => ({
  logicalId,
  stack: "s",
  type,
  properties,
  identity: { ref, arn, attributes: {} },
})
const PolicyDocumentOf = (Statement: Statement[]) => ({ Version: "2012-10-17", Statement })

/** What stands in the templates for a case. */
const resourcesOf = ({ identity, queue, bucket, permissions }: Case): Resource[] => [
  resource("Role", "AWS::IAM::Role", { Policies: [{ PolicyName: "p", PolicyDocument: PolicyDocumentOf(identity) }] }, ROLE),
  resource("Queue", "AWS::SQS::Queue", {}, QUEUE, `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/jobs`),
  resource("QueuePolicy", "AWS::SQS::QueuePolicy", {
    Queues: [`http://127.0.0.1:4000/${ACCOUNT}/jobs`],
    PolicyDocument: PolicyDocumentOf(queue),
  }),
  resource("BucketPolicy", "AWS::S3::BucketPolicy", { Bucket: "b", PolicyDocument: PolicyDocumentOf(bucket) }),
  ...permissions.map((permission, index) => resource(`Permission${index}`, "AWS::Lambda::Permission", permission)),
]

const statementOf = ({ FunctionName, Action, Principal, SourceArn, SourceAccount }: Permission): Statement => ({
  Effect: "Allow",
  Principal: Principal === "*" ? "*" : Principal.endsWith(".com") ? { Service: Principal } : { AWS: Principal },
  Action,
  Resource: FunctionName,
  Condition: {
    ...(SourceArn ? { ArnLike: { "aws:SourceArn": SourceArn } } : {}),
    ...(SourceAccount ? { StringEquals: { "aws:SourceAccount": SourceAccount } } : {}),
  },
})

const EVERYTHING: Statement[] = [{ Effect: "Allow", Action: "*", Resource: "*" }]

/** What the transcription says of each request of a case. */
function transcribed({ identity, queue, bucket, permissions, actor, requests }: Case): Decision[] {
  return requests.map(({ action, resource: on, context }) => {
    const attached =
      on === QUEUE
        ? queue
        : on.startsWith("arn:aws:s3:::b")
          ? bucket
          : permissions.filter(({ FunctionName }) => FunctionName === on).map(statementOf)
    const keys = { "aws:SecureTransport": "true", "aws:SourceIp": "127.0.0.1", "aws:CurrentTime": new Date(NOW).toISOString() }
    const own = actor.caller.kind === "admin" ? EVERYTHING : identity
    return decideSlowly(own, attached, actor.who, { action, resource: on, context: { ...keys, ...actor.keys, ...context } })
  })
}

interface Evaluation {
  compileRoles: typeof iam.compileRoles
  compileResourcePolicies: typeof iam.compileResourcePolicies
  decide: typeof access.decide
}

/** What the local cloud says of each request of a case. */
function decided(evaluation: Evaluation, each: Case): Decision[] {
  const resources = resourcesOf(each)
  const policies = {
    roles: evaluation.compileRoles(resources),
    resourcePolicies: evaluation.compileResourcePolicies(resources),
  }
  const request = { caller: each.actor.caller, headers: {} }
  return each.requests.map((asked) => evaluation.decide([asked as Access], request, policies, place).decision)
}

/** The first case that an evaluation decides otherwise than the transcription does. */
function difference(evaluation: Evaluation, cases: number, seed: number, count?: (decisions: Decision[]) => void) {
  const same = fc.property(randomCase, (each) => {
    const expected = transcribed(each)
    count?.(expected)
    return decided(evaluation, each).every((decision, index) => decision === expected[index])
  })
  return fc.check(same, { numRuns: cases, seed, endOnFailure: true }).counterexample?.[0]
}

const SEED = Number(process.env.IAM_SEED ?? Math.floor(Math.random() * 2 ** 31))

test(
  "20,000 random cases are decided as a direct transcription of the documented logic decides them",
  { timeout: 60_000 },
  () => {
    const counts: Record<Decision, number> = { allow: 0, deny: 0, implicitDeny: 0 }
    const found = difference({ ...iam, ...access }, 20_000, SEED, (decisions) =>
      decisions.forEach((decision) => counts[decision]++),
    )
    console.log(
      `20,000 random cases, seed ${SEED}: ${counts.allow} allow, ${counts.deny} deny, ${counts.implicitDeny} implicit deny`,
    )
    expect(found, `IAM_SEED=${SEED} repeats it`).toBeUndefined()
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(1_000)
  },
)

const SOURCE = fileURLToPath(new URL("..", import.meta.url))
const COPIES = join(SOURCE, "../../../.tmp", `mutants-${process.pid}`)
afterAll(() => rm(COPIES, { recursive: true, force: true }))

const MUTANTS = [
  ["a deny is ignored", "iam/evaluator.ts", 'decision: deny ? "deny" : "allow"', 'decision: "allow"'],
  ["the first statement wins", "iam/evaluator.ts", "Number(b.deny) - Number(a.deny)", "0"],
  ["the last statement wins", "iam/evaluator.ts", "Number(b.deny) - Number(a.deny)", "-1"],
  ["condition keys mind case", "iam/condition.ts", "const lowerKey = key.toLowerCase()", "const lowerKey = key"],
  ["actions mind case", "iam/evaluator.ts", "ignoreCase: true", "ignoreCase: false"],
  ["conditions do not count", "iam/evaluator.ts", "conditions.every(", "conditions.some("],
  ["a decision is kept whatever the context", "iam/evaluator.ts", "plain: plain && conditions.length === 0", "plain: true"],
  ["NotResource is Resource", "iam/evaluator.ts", "const wanted = Resource !== undefined", "const wanted = true"],
  ["a missing key satisfies", "iam/condition.ts", "ifExists !== undefined ||", "true ||"],
  [
    "ForAllValues needs a value",
    "iam/condition.ts",
    'set === "ForAllValues" || (negated && set === undefined)\n',
    "(negated && set === undefined)\n",
  ],
  ["wildcards of ARNs cross colons", "iam/glob.ts", '"[^:]*", "[^:]")\n    return ends', '".*", ".")\n    return ends'],
  ["ArnLike is as wide as Resource", "iam/glob.ts", "compileArn(pattern, false)", "compileArn(pattern, true)"],
  [
    "variables may hold wildcards",
    "iam/variables.ts",
    "compile(filled as Pattern)",
    'compile(patternOf(filled.map((part) => (typeof part === "string" ? part : "*")).join("")))',
  ],
  [
    "an allow to the account lets everyone in",
    "iam/evaluator.ts",
    'match === "account" && statement.deny',
    'match === "account"',
  ],
  ["a deny to the account means nobody", "iam/evaluator.ts", 'match === "account" && statement.deny', "false"],
  [
    "roles need both policies",
    "endpoint/access.ts",
    'attached.decision === "deny" || identity.decision === "implicitDeny"',
    'attached.decision === "deny"',
  ],
  [
    "a resource's deny is ignored",
    "endpoint/access.ts",
    'attached.decision === "deny" || identity.decision',
    "identity.decision",
  ],
  [
    "permissions of an alias cover the function",
    "iam/resource-policies.ts",
    'reference.startsWith("arn:")) return reference',
    'reference.startsWith("arn:")) return reference.replace(":live", "")',
  ],
  ["the source of a permission is not looked at", "iam/resource-policies.ts", "SourceArn !== undefined &&", "false &&"],
] as const

/** The evaluation with one line of its source changed. */
async function mutant(index: number): Promise<Evaluation> {
  const [, file, from, to] = MUTANTS[index]!
  const folder = join(COPIES, String(index))
  await mkdir(join(folder, "endpoint"), { recursive: true })
  for (const part of ["iam", "endpoint/access.ts", "endpoint/context.ts", "endpoint/principal.ts", "service.ts"])
    await cp(join(SOURCE, part), join(folder, part), { recursive: true })
  const text = await readFile(join(folder, file), "utf8")
  expect(text, `${file} holds what is to be changed`).toContain(from)
  await writeFile(join(folder, file), text.replace(from, to))
  const load = (part: string) => import(/* @vite-ignore */ pathToFileURL(join(folder, part)).href)
  return { ...(await load("iam/index.ts")), ...(await load("endpoint/access.ts")) } as Evaluation
}

test.each(MUTANTS.map(([what], index) => [what, index] as const))(
  "the same cases find out when %s",
  { timeout: 60_000 },
  async (_, index) => {
    expect(difference(await mutant(index), 100_000, SEED)).toBeDefined()
  },
)
