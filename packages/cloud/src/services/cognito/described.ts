import type { User } from "./pool.ts"

/** A user as answers describe it, without attributes. */
export const described = (user: User) => ({
  Username: user.username,
  Enabled: user.enabled,
  UserStatus: user.status,
  UserCreateDate: user.createdAt / 1000,
  UserLastModifiedDate: user.changedAt / 1000,
})
export const listed = (user: User) => [...user.attributes].map(([Name, Value]) => ({ Name, Value }))
