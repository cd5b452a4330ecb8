import { mayInvoke } from "../endpoint/may-invoke.ts"
import type { Cloud } from "../service.ts"

/** How an integration ended, from the gateway's point of view. */
export type Outcome =
  | { kind: "payload"; payload: any }
  | { kind: "error"; type: string; message: string }
  | { kind: "timeout" }
  | { kind: "refused" }
  | { kind: "unavailable" }

export interface Call {
  functionArn: string
  /** `arn:aws:execute-api:…` of the route or authorizer that calls. */
  sourceArn: string
  timeoutMs: number
  event: unknown
  /** Whose event it is, a socket's or a person's: events of several take turns. */
  source?: string
}

/** Invokes functions for the gateways, each call allowed by an AWS::Lambda::Permission; a missing one is logged by name, once. */
export function invoker(cloud: Cloud) {
  const decided = new Map<string, boolean>()
  const pausedMs = () => cloud.lambda.pausedMs?.() ?? 0

  function allowed({ functionArn, sourceArn }: Call): boolean {
    const key = `${functionArn} ${sourceArn}`
    let decision = decided.get(key)
    if (decision === undefined) {
      decision = mayInvoke(cloud, "apigateway.amazonaws.com", functionArn, sourceArn)
      decided.set(key, decision)
      if (!decision)
        cloud.log(
          "apigateway",
          `no AWS::Lambda::Permission lets apigateway.amazonaws.com invoke ${functionArn} for ${sourceArn}: add one to the stack`,
        )
    }
    return decision
  }

  /** Rings when `ms` have passed on the cloud's clock, less what somebody stood at a breakpoint. */
  function limit(ms: number, run: () => void): () => void {
    let granted = pausedMs()
    const ring = () => {
      const more = pausedMs() - granted
      granted += more
      if (more > 0) callOff = cloud.clock.alarm(cloud.now() + more, ring)
      else run()
    }
    let callOff = cloud.clock.alarm(cloud.now() + ms, ring)
    return () => callOff()
  }

  return async (call: Call): Promise<Outcome> => {
    if (!allowed(call)) return { kind: "refused" }
    let callOff = () => {}
    const timeout = new Promise<Outcome>((resolve) => {
      callOff = limit(call.timeoutMs, () => resolve({ kind: "timeout" }))
    })
    try {
      return await Promise.race([invoked(cloud, call), timeout])
    } finally {
      callOff()
    }
  }
}

async function invoked(cloud: Cloud, { functionArn, event, source }: Call): Promise<Outcome> {
  try {
    const { payload, error } = await cloud.lambda.invoke(functionArn, event, source)
    if (!error) return { kind: "payload", payload }
    cloud.log("apigateway", `${functionArn} failed: ${error.errorType}: ${error.errorMessage}`)
    return { kind: "error", type: error.errorType, message: error.errorMessage }
  } catch (thrown) {
    const code = (thrown as { code?: string }).code ?? String(thrown)
    cloud.log("apigateway", `${functionArn} was not invoked: ${code}`)
    return { kind: "unavailable" }
  }
}
