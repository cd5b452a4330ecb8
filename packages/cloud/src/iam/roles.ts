import type { Resource } from "../service.ts"
import { compile, type Evaluator } from "./evaluator.ts"
import type { Policy } from "./policy.ts"
import { refuseUnknownKeys } from "./keys.ts"
import { refuseMalformed } from "./malformed.ts"
import { AWS_MANAGED } from "./managed.ts"

const names = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

/** The documents that apply to a role: inline, attached as AWS::IAM::Policy, and managed (of the templates or of AWS). */
export function policiesOf(role: Resource, resources: readonly Resource[]): Policy[] {
  const named = role.identity.ref
  const inline = (role.properties.Policies ?? []).map((policy: any): Policy => ({
    name: policy.PolicyName,
    document: policy.PolicyDocument,
  }))
  const attached = resources
    .filter(({ type, properties }) => type === "AWS::IAM::Policy" && names(properties.Roles).includes(named))
    .map(({ properties, identity }): Policy => ({
      name: properties.PolicyName ?? identity.ref,
      document: properties.PolicyDocument,
    }))
  const arns = new Set(names(role.properties.ManagedPolicyArns))
  const own = resources.filter(({ type }) => type === "AWS::IAM::ManagedPolicy")
  const managed = own
    .filter(({ properties, identity }) => names(properties.Roles).includes(named) || arns.has(identity.ref))
    .map(({ properties, identity }): Policy => ({ name: identity.ref.split("/").at(-1)!, document: properties.PolicyDocument }))
  const ofAws = [...arns]
    .filter((arn) => !own.some(({ identity }) => identity.ref === arn))
    .map((arn): Policy => {
      const name = arn.split("/").at(-1)!
      const document = Object.hasOwn(AWS_MANAGED, name) ? AWS_MANAGED[name] : undefined
      if (!document)
        throw new Error(
          `NOT_SIMULATED: managed policy ${arn} of role ${role.logicalId}. Write its statements out, or add them to iam/managed.ts.`,
        )
      return { name, document }
    })
  return [...inline, ...attached, ...managed, ...ofAws]
}

/** Role ARN → evaluator, for every AWS::IAM::Role among the resources. Throws by name for what it cannot evaluate. */
export function compileRoles(resources: readonly Resource[]): Map<string, Evaluator> {
  const roles = resources.filter(({ type }) => type === "AWS::IAM::Role")
  return new Map(
    roles.map((role) => {
      const policies = policiesOf(role, resources)
      const evaluator = compile(policies)
      for (const policy of policies) {
        refuseMalformed("identity", policy)
        refuseUnknownKeys(policy)
      }
      return [role.identity.arn!, evaluator]
    }),
  )
}
