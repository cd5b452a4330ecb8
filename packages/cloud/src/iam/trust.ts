import type { Resource } from "../service.ts"
import { compileResourcePolicy } from "./evaluator.ts"
import type { Statement } from "./policy.ts"
import { readStatements, refuseMalformed } from "./malformed.ts"

interface Taker {
  type: string
  /** ARNs of the roles that the resource takes. */
  roles(properties: Record<string, any>): unknown[]
  /** One of these must be trusted. */
  services: readonly string[]
  refusal(role: string): string
}

const TAKERS: readonly Taker[] = [
  {
    type: "AWS::Lambda::Function",
    roles: ({ Role }) => [Role],
    services: ["lambda.amazonaws.com"],
    refusal: () => "The role defined for the function cannot be assumed by Lambda.",
  },
  {
    /** https://docs.aws.amazon.com/redshift/latest/mgmt/authorizing-redshift-service.html */
    type: "AWS::RedshiftServerless::Namespace",
    roles: ({ IamRoles = [], DefaultIamRoleArn = [] }) => [IamRoles, DefaultIamRoleArn].flat(),
    services: ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"],
    refusal: (role) => `Redshift is not authorized to assume IAM Role ${role}.`,
  },
]

/** Statements of a trust policy have no Resource: they are about their role. */
function trusts(role: Resource, services: readonly string[]): boolean {
  const document = role.properties.AssumeRolePolicyDocument as
    | { Version?: string; Statement: Statement | Statement[] }
    | undefined
  if (!document) return false
  const own = { name: `${role.logicalId} trust`, document }
  const statements = readStatements(own).map((statement) => ({ ...statement, Resource: "*" }))
  refuseMalformed("trust", own)
  const policy = compileResourcePolicy([
    { name: `${role.logicalId} trust`, document: { Version: document.Version, Statement: statements } },
  ])
  return services.some((service) => policy.check({ arns: [], service }, "sts:AssumeRole", "*").decision === "allow")
}

/** Refuses the boot where a resource has a role that does not trust it, as CreateFunction does in AWS. Roles of no template are not looked at. */
export function checkTrust(resources: readonly Resource[]): void {
  const roles = new Map(resources.filter(({ type }) => type === "AWS::IAM::Role").map((role) => [role.identity.arn, role]))
  const refused = TAKERS.flatMap((taker) =>
    resources
      .filter(({ type }) => type === taker.type)
      .flatMap((resource) =>
        taker.roles(resource.properties).flatMap((arn) => {
          const role = roles.get(String(arn))
          if (!role || trusts(role, taker.services)) return []
          const fix = `Let ${role.stack}/${role.logicalId} trust ${taker.services.join(" or ")}.`
          return [`${resource.stack}/${resource.logicalId}: ${taker.refusal(String(arn))} ${fix}`]
        }),
      ),
  )
  if (refused.length > 0) throw new Error([...new Set(refused)].join("\n"))
}
