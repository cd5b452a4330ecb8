import { compileResourcePolicies } from "../iam/index.ts"
import type { Cloud, Resource } from "../service.ts"
import { decide } from "./access.ts"

/** Permissions of the function that a reference names, with whatever version or alias. */
function permissionsOf(cloud: Cloud, functionArn: string): Resource[] {
  const name = functionArn.split(":").at(6) ?? functionArn
  return cloud.resources("AWS::Lambda::Permission").filter(({ properties }) => String(properties.FunctionName).includes(name))
}

/**
 * Whether an AWS::Lambda::Permission lets a service invoke the function (an ARN, with its alias where it has one) for this source. The decision
 * enters the call log like that of any call, so whoever asks keeps the answer instead of asking per event.
 */
export function mayInvoke(cloud: Cloud, service: string, functionArn: string, sourceArn: string): boolean {
  const caller = { kind: "service", accessKeyId: "service", principal: service, sourceArn } as const
  const resourcePolicies = compileResourcePolicies([
    ...permissionsOf(cloud, functionArn),
    ...cloud.resources("AWS::Lambda::Function"),
  ])
  const asked = [{ action: "lambda:InvokeFunction", resource: functionArn }]
  const { access, decision } = decide(asked, { caller, headers: {} }, { roles: new Map(), resourcePolicies }, cloud)
  cloud.calls.add({
    at: cloud.now(),
    caller: service,
    service: "lambda",
    operation: "Invoke",
    access,
    decision,
    status: decision === "allow" ? 200 : 403,
    error: decision === "allow" ? undefined : "AccessDeniedException",
    attempt: 1,
    ms: 0,
    units: {},
    requestId: "",
  })
  return decision === "allow"
}
