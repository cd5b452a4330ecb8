import { pageOf, readToken } from "../page-token.ts"
import { randomBytes } from "node:crypto"
import { notSimulated } from "../../endpoint/errors.ts"
import { AwsError } from "../../service.ts"
import { described, listed } from "./described.ts"
import { limitOf, LIST_USERS } from "./list-users.ts"
import { attributesOf, type Directory, invalid, type Operation, poolOf } from "./operation.ts"
import { checkPolicy, hashOf } from "./password.ts"
import type { Pool, User } from "./pool.ts"

/** An operation on one user of one pool. */
const onUser = (run: (user: User, input: any, pool: Pool, directory: Directory) => unknown): Operation => ({
  admin: true,
  run(input, directory) {
    const pool = poolOf(directory, input.UserPoolId)
    return run(pool.get(String(input.Username)), input, pool, directory)
  },
})

const changed = (body: (user: User, input: any, pool: Pool, directory: Directory) => void | Promise<void>): Operation =>
  onUser(async (user, input, pool, directory) => {
    await body(user, input, pool, directory)
    user.changedAt = directory.now()
    directory.kept.user(pool, user)
    return {}
  })

const MESSAGE_ACTIONS = ["RESEND", "SUPPRESS"]
const MEDIUMS = ["EMAIL", "SMS"]

/** Nothing is sent from here, but what would be refused is refused. */
function checkDelivery({ MessageAction, DesiredDeliveryMediums = [], ForceAliasCreation, ValidationData }: any): void {
  if (MessageAction !== undefined && !MESSAGE_ACTIONS.includes(MessageAction))
    throw notOneOf(MessageAction, "messageAction", MESSAGE_ACTIONS)
  for (const medium of [DesiredDeliveryMediums].flat())
    if (!MEDIUMS.includes(medium)) throw notOneOf(medium, "desiredDeliveryMediums", MEDIUMS)
  if (ForceAliasCreation === true) throw notSimulated("cognito-idp", "AdminCreateUser.ForceAliasCreation")
  if (ValidationData !== undefined) throw notSimulated("cognito-idp", "AdminCreateUser.ValidationData")
}

const notOneOf = (value: unknown, member: string, allowed: readonly string[]) =>
  invalid(
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(", ")}]`,
  )

async function temporary(given: unknown, pool: Pool) {
  const password = given === undefined ? `${randomBytes(12).toString("base64url")}aA1!` : String(given)
  checkPolicy(password, pool.policy)
  return hashOf(password)
}

/**
 * The invitation once more: another temporary password, and its time begins again; attributes stay. Only those who never signed in can be invited.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
 */
async function invitedAgain(user: User, password: unknown, pool: Pool, directory: Directory) {
  if (user.status !== "FORCE_CHANGE_PASSWORD")
    throw new AwsError(
      "UnsupportedUserStateException",
      `Resend not possible. ${user.username} status is not FORCE_CHANGE_PASSWORD`,
    )
  user.password = await temporary(password, pool)
  user.invitedAt = user.changedAt = directory.now()
  directory.kept.user(pool, user)
  return { User: { ...described(user), Attributes: listed(user) } }
}

/** What administrators do with people; each is checked as `cognito-idp:<operation>` on the pool. */
export const ADMIN_OPERATIONS: Record<string, Operation> = {
  AdminCreateUser: {
    admin: true,
    async run(input, directory) {
      const { UserPoolId, Username, TemporaryPassword, UserAttributes, MessageAction } = input
      checkDelivery(input)
      const pool = poolOf(directory, UserPoolId)
      if (typeof Username !== "string" || Username === "") throw invalid("Missing required parameter Username")
      if (MessageAction === "RESEND") return invitedAgain(pool.get(Username), TemporaryPassword, pool, directory)
      const hash = await temporary(TemporaryPassword, pool)
      const user = pool.add(Username, attributesOf(UserAttributes), "FORCE_CHANGE_PASSWORD", directory.now())
      user.password = hash
      user.invitedAt = directory.now()
      directory.kept.user(pool, user)
      return { User: { ...described(user), Attributes: listed(user) } }
    },
  },
  AdminSetUserPassword: changed(async (user, { Password, Permanent }, pool, directory) => {
    checkPolicy(String(Password), pool.policy)
    user.password = await hashOf(String(Password))
    user.status = Permanent === true ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD"
    user.invitedAt = directory.now()
  }),
  AdminAddUserToGroup: changed((user, { GroupName }, pool) => void user.groups.add(pool.group(GroupName))),
  AdminRemoveUserFromGroup: changed((user, { GroupName }, pool) => void user.groups.delete(pool.group(GroupName))),
  AdminDisableUser: changed((user, _, __, { tokens }) => {
    user.enabled = false
    tokens.revokeAll(user)
  }),
  AdminEnableUser: changed((user) => void (user.enabled = true)),
  AdminDeleteUser: onUser((user, _, pool, { tokens, kept }) => {
    tokens.revokeAll(user)
    pool.remove(user)
    kept.removed(pool, user)
    return {}
  }),
  AdminUserGlobalSignOut: onUser((user, _, __, { tokens }) => {
    tokens.revokeAll(user)
    return {}
  }),
  AdminGetUser: onUser((user) => ({ ...described(user), UserAttributes: listed(user) })),
  /** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminListGroupsForUser.html */
  AdminListGroupsForUser: onUser((user, { UserPoolId, Username, Limit = 60, NextToken }) => {
    const groups = [...user.groups].sort().map((GroupName) => ({ GroupName, UserPoolId }))
    const token = readToken(NextToken, { Username }, (reason) => invalid(`Invalid pagination token: ${reason}`))
    const { items, next } = pageOf(groups, token?.position ?? 0, limitOf(Limit), { Username })
    return { Groups: items, NextToken: next }
  }),
  ListUsers: LIST_USERS,
}
