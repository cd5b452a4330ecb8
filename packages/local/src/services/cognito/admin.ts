import { randomBytes } from "node:crypto"
import { attributesOf, type Directory, invalid, type Operation, poolOf } from "./operation.ts"
import { checkPolicy, hashOf } from "./password.ts"
import type { Pool, User } from "./pool.ts"

const described = (user: User) => ({
  Username: user.username,
  Enabled: user.enabled,
  UserStatus: user.status,
  UserCreateDate: user.createdAt / 1000,
  UserLastModifiedDate: user.changedAt / 1000,
})
const listed = (user: User) => [...user.attributes].map(([Name, Value]) => ({ Name, Value }))

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

/** `email = "a@b.c"` or `email ^= "a"`; https://docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html */
function filterOf(filter: unknown): (user: User) => boolean {
  if (filter === undefined || filter === "") return () => true
  const [, name = "", operator, value = ""] = /^"?([\w:]+)"?\s*(\^?=)\s*"([^"]*)"$/.exec(String(filter).trim()) ?? []
  if (!operator) throw invalid("One or more request parameters are invalid: Filter")
  const of = (user: User) =>
    name === "username" ? user.username : name === "cognito:user_status" ? user.status : (user.attributes.get(name) ?? "")
  return (user) => (operator === "=" ? of(user) === value : of(user).startsWith(value))
}

/** Where a page begins and ends. */
function pageOf(limit: unknown, token: unknown): { start: number; end: number } {
  if (!Number.isInteger(limit) || Number(limit) < 0 || Number(limit) > 60) throw invalid("Limit must be between 0 and 60.")
  const start = token === undefined ? 0 : Number(Buffer.from(String(token), "base64url").toString())
  if (!Number.isInteger(start)) throw invalid("Invalid pagination token.")
  return { start, end: start + (Number(limit) || 60) }
}

/** What administrators do with people; each is checked as `cognito-idp:<operation>` on the pool. */
export const ADMIN_OPERATIONS: Record<string, Operation> = {
  AdminCreateUser: {
    admin: true,
    async run({ UserPoolId, Username, TemporaryPassword, UserAttributes }, directory) {
      const pool = poolOf(directory, UserPoolId)
      if (typeof Username !== "string" || Username === "") throw invalid("Missing required parameter Username")
      const password = TemporaryPassword ?? `${randomBytes(12).toString("base64url")}aA1!`
      checkPolicy(String(password), pool.policy)
      const hash = await hashOf(String(password))
      const user = pool.add(Username, attributesOf(UserAttributes), "FORCE_CHANGE_PASSWORD", directory.now())
      user.password = hash
      directory.kept.user(pool, user)
      return { User: { ...described(user), Attributes: listed(user) } }
    },
  },
  AdminSetUserPassword: changed(async (user, { Password, Permanent }, pool) => {
    checkPolicy(String(Password), pool.policy)
    user.password = await hashOf(String(Password))
    user.status = Permanent === true ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD"
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
  AdminListGroupsForUser: onUser((user, { UserPoolId, Limit = 60, NextToken }) => {
    const groups = [...user.groups].sort().map((GroupName) => ({ GroupName, UserPoolId }))
    const { start, end } = pageOf(Limit, NextToken)
    return {
      Groups: groups.slice(start, end),
      ...(end < groups.length ? { NextToken: Buffer.from(String(end)).toString("base64url") } : {}),
    }
  }),
  ListUsers: {
    admin: true,
    run({ UserPoolId, Filter, Limit = 60, PaginationToken }, directory) {
      const { start, end } = pageOf(Limit, PaginationToken)
      const users = poolOf(directory, UserPoolId).users.filter(filterOf(Filter))
      return {
        Users: users.slice(start, end).map((user) => ({ ...described(user), Attributes: listed(user) })),
        ...(end < users.length ? { PaginationToken: Buffer.from(String(end)).toString("base64url") } : {}),
      }
    },
  },
}
