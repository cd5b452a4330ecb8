import type { Caller, Cloud } from "../../../service.ts"

/** Who runs a statement inside the database. */
export interface DatabaseUser {
  /** `IAMR:<role>`, or `IAM:<name>` for who is no role: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_GetCredentials.html */
  name: string
  /** Database roles of its session. */
  roles: readonly string[]
  superuser: boolean
}

/** The administrator of the local cloud may do everything in the database too. */
export const ADMIN: DatabaseUser = { name: "IAM:admin", roles: [], superuser: true }

/** `a:sys:dba:b` names a, sys:dba and b: the roles that the system defines have a colon of their own. */
export function rolesOfTag(tag: string): string[] {
  const roles: string[] = []
  for (const part of tag.split(":").filter(Boolean)) {
    if (roles.at(-1) === "sys") roles[roles.length - 1] = `sys:${part}`
    else roles.push(part)
  }
  return roles
}

/** The database roles that an IAM role's tag names. https://docs.aws.amazon.com/redshift/latest/mgmt/redshift-iam-access-federated-db-roles.html */
function rolesOf(role: string, cloud: Cloud): string[] {
  const tags = (cloud.find("AWS::IAM::Role", role)?.properties.Tags ?? []) as { Key: string; Value: string }[]
  return rolesOfTag(tags.find(({ Key }) => Key === "RedshiftDbRoles")?.Value ?? "")
}

/** The database user that a caller becomes. */
export function userOf(caller: Caller, cloud: Cloud): DatabaseUser {
  if (caller.kind === "admin") return ADMIN
  if (!caller.roleArn) return { name: `IAM:${caller.principal ?? "unknown"}`, roles: [], superuser: false }
  const name = caller.roleArn.split("/").at(-1)!
  return { name: `IAMR:${name}`, roles: rolesOf(caller.roleArn, cloud), superuser: false }
}

/** A user by its name: who owns a view is asked about when somebody else reads it. */
export function userNamed(name: string, cloud: Cloud): DatabaseUser {
  if (name === ADMIN.name) return ADMIN
  return { name, roles: name.startsWith("IAMR:") ? rolesOf(name.slice(5), cloud) : [], superuser: false }
}
