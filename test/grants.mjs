// node test/grants.mjs <folder>: of everything the templates allow, what did no test use? The folder holds what local clouds wrote that ran with
// BACKLINE_GRANTS=<folder>. A grant that is neither used nor on the reviewed list fails.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

/** Grants that no run of the local cloud can use, each with the reason. */
export const REVIEWED = [
  {
    of: /^CustomResourceHandlerServiceRole/,
    reason: "SST's helper for its own custom resources, none of which these stacks use",
  },
  { of: /^CustomCDKBucketDeployment/, reason: "uploads the console's files; the local cloud copies them itself" },
  {
    action: /^redshift-data:(Describe|Cancel)Statement$/,
    reason: "for statements that fail or outlast the 25 s the server waits; packages/core/src/warehouse/wait.test.ts walks both",
  },
  {
    of: /^RunGet/,
    action: /^dynamodb:(Update|Put)Item$/,
    reason: "ends a run that no worker came back for in a quarter of an hour; packages/functions/test/runs.test.ts asks for one",
  },
  {
    of: /^ChatPost/,
    action: /^dynamodb:Query$/,
    reason: "reads what an answer has said that takes longer than 25 s; packages/functions/test/chat-http.test.ts waits for one",
  },
  {
    of: /^RunWorker/,
    action: /^sqs:ChangeMessageVisibility$/,
    reason: "a run whose end was not stored comes again later; packages/functions/test/streams/table-faults.test.ts has one",
  },
  {
    of: /^(SocketAuthorizer|SocketDefault|ConnectionSweep)/,
    action: /^cognito-idp:AdminGetUser$/,
    reason: "asks about a session whose token nobody kept; packages/core/test/standing.test.ts has one",
  },
  {
    of: /^SocketDefaultRoleDefaultPolicy\w*#Allow18/,
    reason: "reads the kept token of a session that renews itself; packages/core/test/standing.test.ts has one",
  },
  {
    of: /^ConnectionSweep/,
    action: /^(dynamodb:(Query|BatchGetItem)|sqs:SendMessage|ssm:GetParameters)$/,
    reason: "ends rights that somebody died before ending; packages/core/test/derived-rights.test.ts dies there",
  },
  {
    of: /^DocumentPatch/,
    action: /^sqs:SendMessage$/,
    reason: "tells many readers at once that somebody is out; packages/core/test/derived-rights.test.ts takes people off",
  },
  {
    of: /^TrainModels/,
    action: /^s3:GetObject$/,
    reason: "reads the model before, where it is another; packages/functions/test/warehouse/predictions.test.ts has one",
  },
  {
    of: /(Sweep|Reannounce|TrainModels|Tastes)Failures.*AllowEventRule/,
    reason: "EventBridge writes there when Lambda refuses the event for ten minutes",
  },
]

/** An action as a policy writes it covers the actions it matches. */
const covers = (pattern, action) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    "i",
  ).test(action)

/** The grants of all runs with the number of calls that each action of them allowed. */
export function gathered(runs) {
  const grants = new Map()
  for (const { grants: declared } of runs)
    for (const { of, statement, actions } of declared)
      for (const action of actions) grants.set(`${of} ${statement} ${action}`, { of, statement, action, count: 0 })
  const used = new Map()
  for (const run of runs) for (const [key, count] of Object.entries(run.used)) used.set(key, (used.get(key) ?? 0) + count)
  const byStatement = Map.groupBy
    ? Map.groupBy(grants.values(), ({ statement }) => statement)
    : [...grants.values()].reduce(
        (map, grant) => map.set(grant.statement, [...(map.get(grant.statement) ?? []), grant]),
        new Map(),
      )
  for (const [key, count] of used) {
    const [statement, action] = key.split(" ")
    for (const grant of byStatement.get(statement) ?? []) if (covers(grant.action, action)) grant.count += count
  }
  return [...grants.values()]
}

/** A row that names both a holder and an action means that action of that holder. */
const reasonOf = ({ of, statement, action }) =>
  REVIEWED.find((each) => (each.action?.test(action) ?? true) && (each.of ? each.of.test(of) || each.of.test(statement) : true))
    ?.reason

/** What no run used and nobody reviewed. */
export const unused = (grants) => grants.filter((grant) => grant.count === 0 && !reasonOf(grant))

function main(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"))
  const grants = gathered(files.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8"))))
  const left = unused(grants)
  const reviewed = grants.filter((grant) => grant.count === 0 && reasonOf(grant)).length
  const used = grants.length - left.length - reviewed
  console.log(
    `Grants: ${grants.length} in the templates, ${used} used in ${files.length} runs, ${reviewed} reviewed, ${left.length} unused`,
  )
  for (const { of, statement, action } of left)
    console.error(`  unused: ${action} by ${statement} of ${of}. Use it in a test of the real stacks, or take it out of stacks/.`)
  return left.length === 0 && grants.length > 0 ? 0 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.exit(main(process.argv[2]))
