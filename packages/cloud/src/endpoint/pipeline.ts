import type { CallLog } from "../calls.ts"
import type { AwsRequest, AwsResponse, Caller, Cloud, Place, Service } from "../service.ts"
import { accessDenied, type Decision, decide, type Policies, unsigned } from "./access.ts"
import { guessOperation } from "./envelope.ts"
import { errorCodeOf, errorResponse, guessProtocol, notSimulated, toAwsError } from "./errors.ts"
import { noteOf } from "./note.ts"

export interface Answered extends AwsResponse {
  /** To be called when the body is written or given up: the call enters the log with its full duration. */
  done(): void
}

export type Answer = (request: AwsRequest, cloud: Cloud) => Promise<Answered>

interface Parts extends Policies {
  services: readonly Service[]
  calls: CallLog
  place: Place
}

/** As the call log names who called. */
const nameOf = ({ functionName, principal, roleArn }: Caller): string =>
  functionName ?? principal ?? roleArn?.split("/").at(-1) ?? "admin"

const isSigned = ({ service, caller }: AwsRequest): boolean =>
  (caller.kind !== "admin" || caller.accessKeyId !== undefined) && (service === "s3" || !caller.signedInUrl)

const NOTHING_ASKED: Decision = { access: [], decision: "allow" }

/** Authorize, ask IAM, handle, write errors, log: the same for calls over the wire and in process. */
export function pipeline({ services, calls, place, roles, resourcePolicies }: Parts): Answer {
  const byName = new Map(services.flatMap((service) => service.names.map((name) => [name, service] as const)))
  const policies: Policies = {
    roles,
    resourcePolicies: {
      get: (arn) => byName.get(arn.split(":", 3)[2] ?? "")?.policyOf?.(arn) ?? resourcePolicies?.get(arn),
    },
  }

  return async (request, cloud) => {
    const at = cloud.now()
    const started = performance.now()
    const service = byName.get(request.service)
    const protocol = service?.protocol ?? guessProtocol(request.headers)
    let operation = guessOperation(request.method, request.url, request.headers, request.body)
    let decision = NOTHING_ASKED
    let error: string | undefined
    let response: AwsResponse
    try {
      if (!service) throw notSimulated(request.service || "unknown", operation)
      const asked = service.authorize(request, cloud)
      operation = asked.operation
      if (asked.access.length > 0 && !isSigned(request)) throw unsigned(protocol)
      decision = decide(asked.access, request, policies, cloud)
      if (decision.refused) throw accessDenied(decision.refused, request, protocol, place)
      response = await service.handle(request, operation, cloud)
    } catch (thrown) {
      const failure = toAwsError(thrown)
      if (failure !== thrown)
        cloud.log(request.service, `${operation} failed: ${thrown instanceof Error ? thrown.stack : String(thrown)}`)
      error = failure.code
      response = service?.writeError?.(failure, request) ?? errorResponse(protocol, failure, request)
    }
    const { status, units } = response
    const done = () =>
      calls.add({
        at,
        caller: nameOf(request.caller),
        role: request.caller.roleArn,
        service: request.service,
        operation,
        access: decision.access,
        decision: decision.decision,
        status,
        error: error ?? (status >= 400 ? errorCodeOf(response) : undefined),
        ms: Math.round((performance.now() - started) * 1000) / 1000,
        units: units ?? {},
        requestId: request.requestId,
        ...noteOf(request),
      })
    return { ...response, done }
  }
}
