import { AwsError, type Identity, type Place, type ResourceType, type Service, type Unnamed } from "../service.ts"

const arnOf = (kind: string, path: string | undefined, name: string, { account }: Place) =>
  `arn:aws:iam::${account}:${kind}${path ?? "/"}${name}`

/** Role names are at most 64 characters, policy names 128: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
function identifyRole(role: Unnamed, place: Place): Identity {
  const ref: string = role.property("RoleName") ?? role.physicalName({ max: 64 })
  const arn = arnOf("role", role.property("Path"), ref, place)
  const RoleId = `AROA${role.hash(17).toUpperCase()}`
  return { ref, arn, attributes: { Arn: arn, RoleId } }
}

function identifyManaged(policy: Unnamed, place: Place): Identity {
  const name: string = policy.property("ManagedPolicyName") ?? policy.physicalName({ max: 128 })
  const arn = arnOf("policy", policy.property("Path"), name, place)
  return { ref: arn, arn, attributes: { PolicyArn: arn } }
}

const DOCUMENT_LABELS = { Description: "a text for people" }

const TYPES: Readonly<Record<string, ResourceType>> = {
  "AWS::IAM::Role": {
    simulated: ["RoleName", "Path", "Policies", "ManagedPolicyArns", "AssumeRolePolicyDocument"],
    ignored: {
      ...DOCUMENT_LABELS,
      MaxSessionDuration: "credentials live as long as the local cloud",
      Tags: "no policy reads tags",
    },
    identify: identifyRole,
  },
  "AWS::IAM::Policy": {
    simulated: ["PolicyName", "PolicyDocument", "Roles"],
    identify: (policy) => {
      const ref = policy.physicalName({ max: 128 })
      return { ref, attributes: { Id: ref } }
    },
  },
  "AWS::IAM::ManagedPolicy": {
    simulated: ["ManagedPolicyName", "Path", "PolicyDocument", "Roles"],
    ignored: DOCUMENT_LABELS,
    identify: identifyManaged,
  },
}

/** Owns the resource types of IAM; the decisions themselves are made by `iam/` at the endpoint. It answers no operation. */
export const iam = (): Service => ({
  names: ["iam"],
  protocol: "query",
  types: TYPES,
  authorize(request) {
    const operation = new URLSearchParams(request.body.toString()).get("Action") ?? request.method
    throw new AwsError("NotSimulatedException", `NOT_SIMULATED: iam.${operation}: roles are read from the templates.`)
  },
  handle: () => Promise.reject(new Error("IAM answers no operation.")),
})
