import type { Call } from "../call.ts"
import type { Evaluator, ResourcePolicies, Verdict } from "../iam/index.ts"
import { type Access, AwsError, type AwsRequest, type Place } from "../service.ts"
import { requestContext } from "./context.ts"
import type { Protocol } from "./errors.ts"
import { callerArn, whoIs } from "./principal.ts"

type Refused = Call["access"][number] & { by: "identity" | "resource" }

export interface Decision {
  access: Call["access"]
  decision: Call["decision"]
  /** The first access that was not allowed, and the kind of policy that did not. */
  refused?: Refused
}

/** What calls are decided by. */
export interface Policies {
  /** Role ARN → its compiled identity policies. */
  roles: { get(roleArn: string): Evaluator | undefined }
  /** ARN → the compiled policy of that resource. */
  resourcePolicies?: ResourcePolicies
}

const ADMINISTRATOR: Verdict = { decision: "allow", statement: "administrator" }
const NOTHING: Verdict = { decision: "implicitDeny" }

/** The cloud's own calls, as it provisions and looks after its engines: no policy of a template stops them. */
export const OWN_KEY = "local"

/**
 * Asks IAM for every access on its own: each must be allowed. A deny anywhere wins; for a principal of this account an allow of its role or of
 * the resource's policy is enough; for an AWS service the resource's policy alone decides.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
 */
export function decide(
  accesses: readonly Access[],
  request: Pick<AwsRequest, "caller" | "headers">,
  { roles, resourcePolicies }: Policies,
  place: Place & { now(): number },
): Decision {
  const { caller } = request
  const evaluator = caller.roleArn === undefined ? undefined : roles.get(caller.roleArn)
  let refused: Refused | undefined
  const who = whoIs(caller, place)
  const access = accesses.map(({ action, resource, context }) => {
    const keys = requestContext(request, place, context)
    const identity = caller.kind === "admin" ? ADMINISTRATOR : (evaluator?.check(action, resource, keys) ?? NOTHING)
    const policy = caller.accessKeyId === OWN_KEY ? undefined : resourcePolicies?.get(resource)
    const attached = policy?.check(who, action, resource, keys) ?? NOTHING
    const verdict = strongest(identity, attached)
    const asked = { action, resource, ...verdict }
    const isOfResource = verdict.decision === "deny" ? identity.decision !== "deny" : caller.kind === "service"
    if (verdict.decision !== "allow" && (refused === undefined || (verdict.decision === "deny" && refused.decision !== "deny")))
      refused = { ...asked, by: isOfResource ? "resource" : "identity" }
    return asked
  })
  return { access, decision: refused?.decision ?? "allow", refused }
}

/** Deny, else allow, else nothing; the identity's first where both say the same. */
function strongest(identity: Verdict, attached: Verdict): Verdict {
  if (identity.decision === "deny" || attached.decision === "implicitDeny") return identity
  return attached.decision === "deny" || identity.decision === "implicitDeny" ? attached : identity
}

/** Status of a refusal: JSON-RPC services say 400, REST services, query services and SQS 403. */
const deniedStatus = (protocol: Protocol, service: string) => (protocol === "json" && service !== "sqs" ? 400 : 403)

/** AWS's own sentence: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export function accessDenied(refused: Refused, request: AwsRequest, protocol: Protocol, place: Place): AwsError {
  // SDK clients read the code of SQS's old query protocol, and so does the call log.
  const isShort = protocol === "rest-xml" || protocol === "query" || request.service === "sqs"
  const code = isShort ? "AccessDenied" : "AccessDeniedException"
  const reason =
    refused.decision === "deny"
      ? `with an explicit deny in ${refused.by === "identity" ? "an identity-based" : "a resource-based"} policy`
      : `because no ${refused.by}-based policy allows the ${refused.action} action`
  const message = `User: ${callerArn(request.caller, place)} is not authorized to perform: ${refused.action} on resource: ${refused.resource} ${reason}`
  return new AwsError(code, message, deniedStatus(protocol, request.service))
}

/** A call without a signature may only do what needs no permission (Cognito's public operations). */
export function unsigned(protocol: Protocol): AwsError {
  const code = protocol === "rest-xml" ? "AccessDenied" : "MissingAuthenticationTokenException"
  return new AwsError(
    code,
    "Missing Authentication Token: sign the request in its Authorization header.",
    protocol === "json" ? 400 : 403,
  )
}
