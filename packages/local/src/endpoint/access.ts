import type { Call } from "../calls.ts"
import type { Evaluator, Verdict } from "../iam/index.ts"
import { type Access, AwsError, type AwsRequest, type Caller, type Place } from "../service.ts"
import type { Protocol } from "./errors.ts"

export interface Decision {
  access: Call["access"]
  decision: Call["decision"]
  /** The first access that was not allowed. */
  refused?: Call["access"][number]
}

const ADMINISTRATOR: Verdict = { decision: "allow", statement: "administrator" }

/** Global condition keys of a call. Loopback stands for TLS, as the public addresses are https. */
const globals = (caller: Caller, { account, region }: Place) => ({
  "aws:PrincipalArn": caller.roleArn ?? "",
  "aws:PrincipalAccount": account,
  "aws:ResourceAccount": account,
  "aws:RequestedRegion": region,
  "aws:SecureTransport": "true",
})

/** Asks IAM for every access on its own: each must be allowed. */
export function decide(
  accesses: readonly Access[],
  caller: Caller,
  roles: { get(arn: string): Evaluator | undefined },
  place: Place,
): Decision {
  const evaluator = caller.roleArn !== undefined ? roles.get(caller.roleArn) : undefined
  const access = accesses.map(({ action, resource, context }) => {
    const verdict: Verdict =
      caller.kind === "admin"
        ? ADMINISTRATOR
        : (evaluator?.check(action, resource, { ...globals(caller, place), ...context }) ?? { decision: "implicitDeny" })
    return { action, resource, ...verdict }
  })
  const refused = access.find(({ decision }) => decision === "deny") ?? access.find(({ decision }) => decision !== "allow")
  return { access, decision: refused?.decision ?? "allow", refused }
}

/** `arn:aws:sts::<account>:assumed-role/<role name>/<function name>`, as Lambda's credentials are called. */
export const assumedRoleArn = ({ roleArn = "", functionName = "" }: Caller, { account }: Place): string =>
  `arn:aws:sts::${account}:assumed-role/${roleArn.split("/").at(-1)}/${functionName}`

/** Status of a refusal: JSON-RPC services say 400, REST services, query services and SQS 403. */
const deniedStatus = (protocol: Protocol, service: string) => (protocol === "json" && service !== "sqs" ? 400 : 403)

/** AWS's own sentence: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export function accessDenied(refused: Call["access"][number], request: AwsRequest, protocol: Protocol, place: Place): AwsError {
  // SDK clients read the code of SQS's old query protocol, and so does the call log.
  const isShort = protocol === "rest-xml" || protocol === "query" || request.service === "sqs"
  const code = isShort ? "AccessDenied" : "AccessDeniedException"
  const reason =
    refused.decision === "deny"
      ? "with an explicit deny in an identity-based policy"
      : `because no identity-based policy allows the ${refused.action} action`
  const who = assumedRoleArn(request.caller, place)
  const message = `User: ${who} is not authorized to perform: ${refused.action} on resource: ${refused.resource} ${reason}`
  return new AwsError(code, message, deniedStatus(protocol, request.service))
}

/** A call without a signature may only do what needs no permission (Cognito's public operations). */
export function unsigned(protocol: Protocol): AwsError {
  const code = protocol === "rest-xml" ? "AccessDenied" : "MissingAuthenticationTokenException"
  return new AwsError(code, "Missing Authentication Token: sign the request.", protocol === "json" ? 400 : 403)
}
