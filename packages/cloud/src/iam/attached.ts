import { compileResourcePolicy, type ResourcePolicy } from "./evaluator.ts"
import { refuseUnknownKeys } from "./keys.ts"

/** A policy whose statements let nobody in. */
const NO_POLICY: ResourcePolicy = { check: () => ({ decision: "implicitDeny" }) }

/**
 * The policy that a call attaches to a resource, given as text; none lets nobody in. Throws for what is no policy of a resource, and by name for what is not simulated:
 * it is asked before it is attached, so that a policy never counts in part.
 */
export function readAttached(name: string, text: string | undefined): ResourcePolicy {
  if (text === undefined || text === "") return NO_POLICY
  const document: any = JSON.parse(text)
  const statements: unknown[] = [document?.Statement].flat()
  if (statements.some((each) => typeof each !== "object" || each === null)) throw new Error(`${name} needs a Statement.`)
  const policy = { name, document }
  refuseUnknownKeys(policy)
  return compileResourcePolicy([policy])
}
