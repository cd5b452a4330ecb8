import type { IncomingMessage } from "node:http"
import { compile, type Policy } from "../iam/index.ts"
import type { Authorizer } from "./api-model.ts"
import type { Outcome } from "./invoke.ts"

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

/** A policy that says nothing about the route denies it; one that IAM would not take is an error. */
function isAllowed(document: Policy["document"], methodArn: string): boolean | undefined {
  try {
    return compile([{ name: "authorizer", document }]).check("execute-api:Invoke", methodArn).decision === "allow"
  } catch {
    return undefined
  }
}

/** What an authorizer's result means: its context on Allow, 403 on Deny, 401 when it threw `Unauthorized`, 500 for anything it should not say. */
export function decisionOf(outcome: Outcome, methodArn: string): Decision {
  if (outcome.kind === "error" && outcome.message === "Unauthorized") return { status: 401 }
  if (outcome.kind !== "payload" || typeof outcome.payload !== "object" || outcome.payload === null) return { status: 500 }
  const { principalId, policyDocument, context = {} } = outcome.payload
  if (typeof principalId !== "string" || !policyDocument?.Statement) return { status: 500 }
  if (JSON.stringify(outcome.payload).length > MAX_RESULT) return { status: 500 }
  const values = Object.values(context ?? {})
  if (values.some((value) => value !== null && !["string", "number", "boolean"].includes(typeof value))) return { status: 500 }
  const allowed = isAllowed(policyDocument, methodArn)
  if (!allowed) return { status: allowed === undefined ? 500 : 403 }
  const text = Object.entries(context ?? {}).map(([key, value]) => [key, String(value)] as const)
  return { status: 200, context: { ...Object.fromEntries(text), principalId, integrationLatency: 0 } }
}
