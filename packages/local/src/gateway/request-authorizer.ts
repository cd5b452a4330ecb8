import type { IncomingMessage } from "node:http"
import type { Authorizer } from "./api-model.ts"
import type { Outcome } from "./invoke.ts"
import { arnLike } from "./permission.ts"

export type Decision = { status: 200; context: Record<string, unknown> } | { status: 401 | 403 | 500 }

/** Results of authorizers larger than this are an error: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MAX_RESULT = 8 * 1024

/** Whether the handshake carries every identity source; without one the authorizer is not even asked. */
export function hasIdentity({ identitySource }: Authorizer, request: IncomingMessage): boolean {
  const url = request.url ?? ""
  const query = new URLSearchParams(url.includes("?") ? url.slice(url.indexOf("?") + 1) : "")
  return identitySource.every((source) => {
    const [, from, name = ""] = /^route\.request\.(querystring|header)\.(.+)$/.exec(source) ?? []
    return Boolean(from === "querystring" ? query.get(name) : from === "header" ? request.headers[name.toLowerCase()] : undefined)
  })
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])

/** An explicit Deny wins, then an Allow; a policy that says nothing about the route denies it. */
function isAllowed(statements: any[], methodArn: string): boolean {
  const concerning = statements.filter(
    ({ Action, Resource }) =>
      listOf(Action).some((action) => typeof action === "string" && arnLike(action.toLowerCase(), "execute-api:invoke")) &&
      listOf(Resource).some((resource) => typeof resource === "string" && arnLike(resource, methodArn)),
  )
  return concerning.length > 0 && concerning.every(({ Effect }) => Effect === "Allow")
}

/** What an authorizer's result means: its context on Allow, 403 on Deny, 401 when it threw `Unauthorized`, 500 for anything it should not say. */
export function decisionOf(outcome: Outcome, methodArn: string): Decision {
  if (outcome.kind === "error" && outcome.message === "Unauthorized") return { status: 401 }
  if (outcome.kind !== "payload" || typeof outcome.payload !== "object" || outcome.payload === null) return { status: 500 }
  const { principalId, policyDocument, context = {} } = outcome.payload
  const statements = policyDocument?.Statement
  if (typeof principalId !== "string" || !statements) return { status: 500 }
  if (JSON.stringify(outcome.payload).length > MAX_RESULT) return { status: 500 }
  const values = Object.values(context ?? {})
  if (values.some((value) => value !== null && !["string", "number", "boolean"].includes(typeof value))) return { status: 500 }
  if (!isAllowed(listOf(statements), methodArn)) return { status: 403 }
  const text = Object.entries(context ?? {}).map(([key, value]) => [key, String(value)] as const)
  return { status: 200, context: { ...Object.fromEntries(text), principalId, integrationLatency: 0 } }
}
