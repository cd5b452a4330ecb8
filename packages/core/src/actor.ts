import { createContext } from "./context.ts"
import { AppError } from "./error.ts"

export const ROLES = ["member", "editor", "admin"] as const
export type Role = (typeof ROLES)[number]

/** The highest role among a person's groups; everybody is a member. */
export const roleOf = (groups: readonly string[]): Role => ROLES.toReversed().find((name) => groups.includes(name)) ?? "member"

export const lesser = (one: Role, other: Role): Role => (ROLES.indexOf(one) < ROLES.indexOf(other) ? one : other)

/** Who acts: a signed-in person (Cognito `sub`), a room that asks for everybody in it, or the system itself in streams, queues and schedules. */
export type Actor = { type: "user"; userId: string; role: Role } | { type: "room"; room: string } | { type: "system" }

const context = createContext<Actor>("actor")
export const useActor = context.use
export const withActor = context.with

/** The signed-in person, or `auth.required`. */
export function useUser(): Extract<Actor, { type: "user" }> {
  const actor = useActor()
  if (actor.type !== "user") throw new AppError("auth", "auth.required", "Sign in first.")
  return actor
}

const ROOM = "room:"

/** Under whom the actor's own things are kept: a person, or a room, whose things nobody finds among theirs. Throws `auth.required` for anybody else. */
export function actingOwner(): string {
  const actor = useActor()
  return actor.type === "room" ? ROOM + actor.room : useUser().userId
}

/** The room that owns what is kept under this owner; undefined where a person does. */
export const roomOfOwner = (owner: string): string | undefined => (owner.startsWith(ROOM) ? owner.slice(ROOM.length) : undefined)

/** Throws `forbidden.role` unless the person's role is at least `role` (member < editor < admin). */
export function requireRole(role: Role): void {
  if (ROLES.indexOf(useUser().role) < ROLES.indexOf(role))
    throw new AppError("forbidden", "forbidden.role", `This needs the role ${role}. Ask an administrator for it.`)
}
