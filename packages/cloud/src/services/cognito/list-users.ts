import { pageOf, readToken } from "../page-token.ts"
import { described, listed } from "./described.ts"
import { invalid, type Operation, poolOf } from "./operation.ts"
import type { User } from "./pool.ts"

const STANDARD = ["username", "email", "phone_number", "name", "given_name", "family_name", "preferred_username", "sub"]
const OF_USER: Readonly<Record<string, (user: User) => string>> = {
  username: (user) => user.username,
  "cognito:user_status": (user) => user.status,
  status: (user) => (user.enabled ? "Enabled" : "Disabled"),
}

/**
 * `email = "a@b.c"`, `email ^= "a"`, `status = "Enabled"`; quotes in a value are escaped by a backslash. Names other than these, custom attributes
 * among them, cannot be searched. https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html
 */
function filterOf(filter: unknown): (user: User) => boolean {
  if (filter === undefined || filter === "") return () => true
  if (typeof filter !== "string" || filter.length > 256) throw invalid("One or more request parameters are invalid: Filter")
  const [, name = "", operator, escaped = ""] = /^"?([\w:]+)"?\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"$/s.exec(filter.trim()) ?? []
  if (!operator) throw invalid("Error while parsing filter.")
  if (!(name in OF_USER) && !STANDARD.includes(name)) throw invalid(`Invalid search attribute: ${name}`)
  const value = escaped.replace(/\\(.)/gs, "$1")
  const of = OF_USER[name] ?? ((user: User) => user.attributes.get(name) ?? "")
  return (user) => (operator === "=" ? of(user) === value : of(user).startsWith(value))
}

/** The attributes that answers carry. One that a user in the answer has not is an error, as in AWS. */
function pickerOf(asked: unknown): (user: User) => ReturnType<typeof listed> {
  if (asked === undefined || asked === null) return listed
  if (!Array.isArray(asked) || asked.length > 32 || !asked.every((name) => typeof name === "string" && name.length <= 32))
    throw invalid("AttributesToGet must be a list of at most 32 names of attributes.")
  const names = new Set<string>(asked)
  return (user) => {
    const missing = [...names].find((name) => !user.attributes.has(name))
    if (missing !== undefined) throw invalid(`Attributes are not defined for all users: ${missing}`)
    return listed(user).filter(({ Name }) => names.has(Name))
  }
}

const PAGE = 60

/** How many items a page of this pool's lists may have; 0 means the most. */
export function limitOf(limit: unknown): number {
  if (!Number.isInteger(limit) || Number(limit) < 0 || Number(limit) > PAGE) throw invalid("Limit must be between 0 and 60.")
  return Number(limit) || PAGE
}

export const LIST_USERS: Operation = {
  admin: true,
  run({ UserPoolId, Filter, Limit = PAGE, PaginationToken, AttributesToGet }, directory) {
    const limit = limitOf(Limit)
    const attributes = pickerOf(AttributesToGet)
    // https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html: the token goes on with the filter it was given for.
    const token = readToken(PaginationToken, { Filter }, (reason) => invalid(`Invalid pagination token: ${reason}`))
    const asked = token?.asked ?? { Filter }
    const users = poolOf(directory, UserPoolId).users.filter(filterOf(asked.Filter))
    const { items, next } = pageOf(users, token?.position ?? 0, limit, asked)
    return {
      Users: items.map((user) => ({ ...described(user), Attributes: attributes(user) })),
      PaginationToken: next,
    }
  },
}
