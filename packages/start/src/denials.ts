import type { Call } from "@backline/cloud/call"
import type { CallLog } from "@backline/cloud/calls"
import type { Resource } from "@backline/cloud/resource"
import { shortName } from "./terminal-logs.ts"

/** More than anybody reads; GET /_local/calls?decision=deny has them all. */
const MOST = 500

interface Parts {
  calls: Pick<CallLog, "since" | "follow">
  resources(): readonly Resource[]
}

/** Objects are many, and permissions name their bucket's. */
const granted = (arn: string): string => arn.replace(/^(arn:[\w-]+:s3:::[^/]+\/).*$/s, "$1*")

/** Tells each denial of a role once, in one line with what mends it; says how to stop. A handler that goes on without what it was denied hides nothing this way. */
export function tellDenials({ calls, resources }: Parts, tell: (line: string) => void): () => void {
  const told = new Set<string>()

  function lineOf(call: Call, action: string, arn: string, statement: string | undefined): string {
    const who = shortName(call.function ?? call.caller)
    const what = resources().find(({ identity }) => identity.arn === arn)?.logicalId
    const mend =
      statement === undefined
        ? `add { actions: ["${action}"], on: ["${arn}"] } to its \`allow\` in stacks/`
        : `the statement ${statement} denies it`
    return `Denied: ${who} may not ${action}${what === undefined ? "" : ` on ${what}`}: ${mend} (role ${call.role!.split("/").at(-1)})`
  }

  function read(call: Call): void {
    if (call.role === undefined || call.decision === "allow") return
    for (const { action, resource, decision, statement } of call.access) {
      const arn = granted(resource)
      const key = `${call.role} ${action} ${arn}`
      if (decision === "allow" || told.has(key) || told.size >= MOST) continue
      told.add(key)
      tell(lineOf(call, action, arn, decision === "deny" ? statement : undefined))
    }
  }

  calls.since(0, 20_000, ({ decision }) => decision !== "allow").forEach(read)
  return calls.follow(read)
}
