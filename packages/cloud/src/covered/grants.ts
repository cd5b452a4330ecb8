import { randomUUID } from "node:crypto"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import type { CallLog } from "../calls.ts"
import { replaceFile } from "../own-file.ts"
import type { Resource } from "../service.ts"
import { list, nameOfStatement } from "../iam/evaluator.ts"
import type { Policy } from "../iam/policy.ts"
import { resourcePoliciesOf } from "../iam/resource-policies.ts"
import { policiesOf } from "../iam/roles.ts"

/** A statement that allows something, and which actions of it. */
interface Grant {
  /** Role or resource it is attached to. */
  of: string
  /** As the call log names it. */
  statement: string
  actions: readonly string[]
}

const grantsOf = (of: string, { name, document }: Policy): Grant[] =>
  list(document.Statement).flatMap((statement, index) =>
    statement.Effect === "Allow" && statement.Action !== undefined
      ? [{ of, statement: nameOfStatement(name, statement, index), actions: list(statement.Action) }]
      : [],
  )

/** Everything that the templates allow, of roles and of resources. */
const allGrants = (resources: readonly Resource[]): Grant[] => [
  ...resources
    .filter(({ type }) => type === "AWS::IAM::Role")
    .flatMap((role) => policiesOf(role, resources).flatMap((policy) => grantsOf(role.logicalId, policy))),
  ...resourcePoliciesOf(resources).flatMap((policy) => grantsOf(policy.to, policy)),
]

const EVERY_MS = 1_000

/**
 * Keeps a file in `folder` that says which grants of the templates there are, and how often each of their actions was what allowed a call.
 * Returns how to end it; a process that is killed loses its last second.
 */
export function recordGrants(folder: string, resources: readonly Resource[], calls: CallLog): () => void {
  const used: Record<string, number> = {}
  const file = join(folder, `${process.pid}-${randomUUID()}.json`)
  let changed = true
  const write = () => {
    if (!changed) return
    changed = false
    mkdirSync(folder, { recursive: true })
    replaceFile(file, JSON.stringify({ grants: allGrants(resources), used }))
  }
  const unfollow = calls.follow(({ access }) => {
    for (const { action, decision, statement } of access) {
      if (decision !== "allow" || statement === undefined) continue
      const key = `${statement} ${action}`
      used[key] = (used[key] ?? 0) + 1
      changed = true
    }
  })
  const timer = setInterval(write, EVERY_MS).unref()
  return () => {
    clearInterval(timer)
    unfollow()
    write()
  }
}
